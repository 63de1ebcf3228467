#include "ui/file_dialog.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace headscope {

namespace {

bool enters(const UiFileEntry& entry) {
  return entry.kind == UiFileEntry::Kind::Folder;
}

void choose(UiState& state, const UiFileEntry& entry, UiOutput& out) {
  if (state.files.purpose == FilePurpose::ExportFolder && &entry == &state.files.here) {
    use_folder(state.exporting, entry.path);
    state.files.open = false;
    return;
  }
  if (enters(entry)) {
    show_folder(state.files, entry.path);
    return;
  }
  if (state.files.purpose == FilePurpose::Model)
    out.commands.push_back(Control{FindModel{entry.path}});
  else
    out.commands.push_back(Control{Open{entry.path}});
  state.files.open = false;
}

std::string_view title_of(FilePurpose purpose) {
  return purpose == FilePurpose::Open    ? "Open"
         : purpose == FilePurpose::Model ? "Where the model is"
                                         : "Folder";
}

constexpr float kRow = 30, kHead = 96, kFoot = 34;

int rows_that_fit(float height, float scale) {
  return std::max(1, static_cast<int>((height / scale - kHead - kFoot) / kRow));
}

// A folder with a tab, a box with layers, or a leaf: what an entry is, before its name is read.
void draw_icon(PanelContext& panel, UiFileEntry::Kind kind, float x, float y) {
  const UiTheme& theme = panel.theme();
  Painter& paint = panel.paint;
  const float w = panel.dp(16), h = panel.dp(11), top = std::round(y - h / 2);
  switch (kind) {
    case UiFileEntry::Kind::Folder:
      paint.fill(x, top - panel.dp(2), x + w / 2, top + panel.dp(3), theme.secondary, panel.dp(2));
      paint.fill(x, top, x + w, top + h, theme.secondary, panel.dp(2));
      return;
    case UiFileEntry::Kind::Checkpoint:
      for (int i = 0; i < 3; ++i) {
        const float at = top + panel.dp(4.5f) * static_cast<float>(i) - panel.dp(1);
        paint.fill(x, at, x + w, at + panel.dp(3), theme.accent, panel.dp(1));
      }
      return;
    case UiFileEntry::Kind::Document:
      paint.ring(x + w / 2, y, panel.dp(6), theme.accent, std::max(1.0f, panel.dp(1.6f)));
      paint.circle(x + w / 2, y, panel.dp(2), theme.accent);
      return;
    case UiFileEntry::Kind::Picture:
      paint.frame(x, top - 1, x + w, top + h + 1, theme.key, panel.dp(2), std::max(1.0f, panel.dp(1.4f)));
      paint.circle(x + panel.dp(5), top + panel.dp(4), panel.dp(1.6f), theme.key);
      return;
    case UiFileEntry::Kind::Sound:
      for (int i = 0; i < 5; ++i) {
        const float half = panel.dp(i % 2    ? 5.5f
                                    : i == 2 ? 4
                                             : 2),
                    at = x + panel.dp(3.5f) * static_cast<float>(i);
        paint.fill(at, y - half, at + panel.dp(2), y + half, theme.key, panel.dp(1));
      }
      return;
    case UiFileEntry::Kind::Dump:
      for (int i = 0; i < 9; ++i) {
        if (i % 3 > i / 3) continue;
        const float cx = x + panel.dp(5) * static_cast<float>(i % 3),
                    cy = top - panel.dp(1) + panel.dp(5) * static_cast<float>(i / 3);
        paint.fill(cx, cy, cx + panel.dp(4), cy + panel.dp(4), theme.key, 1);
      }
      return;
  }
}

void draw_row(PanelContext& panel, const UiFileEntry& entry, const Area& row, bool lit) {
  const UiTheme& theme = panel.theme();
  if (lit) panel.paint.fill(row.x, row.y, row.right(), row.bottom(), theme.raised, panel.dp(6));
  const float middle = row.y + row.height / 2;
  draw_icon(panel, entry.kind, row.x + panel.dp(12), middle);
  const std::string detail = entry.origin.empty() ? entry.detail : entry.origin + " · " + entry.detail;
  const float wide = std::min(panel.paint.width(detail, kSmall), row.width * 0.5f);
  panel.paint.text_cut(row.right() - panel.dp(12), middle, wide + 1, detail, kSmall, theme.secondary,
                       Align::Right);
  panel.paint.text_cut(row.x + panel.dp(40), middle, row.width - wide - panel.dp(70), entry.name, kBody,
                       theme.text);
}

}  // namespace

std::vector<const UiFileEntry*> matching_files(const UiFiles& files, std::string_view filter) {
  const std::string wanted = ascii_lower(filter);
  std::vector<const UiFileEntry*> found;
  const auto add = [&](const std::vector<UiFileEntry>& entries) {
    for (const UiFileEntry& entry : entries) {
      if (ascii_lower(entry.name).find(wanted) != std::string::npos) found.push_back(&entry);
    }
  };
  add(files.recent);
  add(files.entries);
  return found;
}

std::vector<const UiFileEntry*> choices(FileDialogState& dialog, const UiFiles& files) {
  using Kind = UiFileEntry::Kind;
  const std::string filter = dialog.filter.edit.text();
  std::vector<const UiFileEntry*> found = matching_files(files, filter);
  if (dialog.purpose == FilePurpose::Model)
    std::erase_if(found, [](const UiFileEntry* e) {
      return e->kind == Kind::Document || e->kind == Kind::Picture || e->kind == Kind::Sound;
    });
  if (dialog.purpose != FilePurpose::ExportFolder) return found;
  std::erase_if(found, [](const UiFileEntry* e) { return e->kind != Kind::Folder; });
  dialog.here = {Kind::Folder, "Write into this folder", files.folder, "Enter"};
  if (filter.empty() && files.problem.empty()) found.insert(found.begin(), &dialog.here);
  return found;
}

void show_folder(FileDialogState& dialog, std::string folder) {
  dialog.wanted = std::move(folder);
  dialog.filter.edit.adopt("");
  dialog.choice = dialog.first = 0;
}

void submit_file(UiState& state, const UiFiles& files, UiOutput& out) {
  const std::string filter = state.files.filter.edit.text();
  if (filter.starts_with('/') || filter.starts_with("~/")) {
    // The program knows whether it is a folder to enter or a file to open.
    state.files.wanted = filter;
    if (state.files.purpose == FilePurpose::Model) {
      out.commands.push_back(Control{FindModel{filter}});
      state.files.open = false;
      return;
    }
    const bool to_export = state.files.purpose == FilePurpose::ExportFolder;
    state.files.open_path = !to_export;
    if (to_export) state.files.filter.edit.adopt("");
    return;
  }
  const std::vector<const UiFileEntry*> found = choices(state.files, files);
  if (found.empty()) return;
  const int last = static_cast<int>(found.size()) - 1;
  choose(state, *found[static_cast<std::size_t>(std::clamp(state.files.choice, 0, last))], out);
}

void handle_file_key(UiState& state, const UiFiles& files, std::vector<UiKey>& key,
                     std::vector<char32_t>& typed, UiOutput& out) {
  FileDialogState& dialog = state.files;
  const std::string chord = key.empty() ? "" : key[0].chord;
  dialog.filter.focused = true;
  const int page = std::max(1, dialog.page - 1);
  if (chord == "Escape") {
    dialog.open = false;
  } else if (chord == "Backspace" && dialog.filter.edit.text().empty()) {
    if (!files.parent.empty()) show_folder(dialog, files.parent);
  } else if (chord == "Down") {
    ++dialog.choice;
  } else if (chord == "Up") {
    --dialog.choice;
  } else if (chord == "PageDown") {
    dialog.choice += page;
  } else if (chord == "PageUp") {
    dialog.choice -= page;
  } else if (dialog.filter.handle(key, typed, false)) {
    dialog.choice = dialog.first = 0;
  }
  if (dialog.filter.take_submitted() && dialog.open) submit_file(state, files, out);
}

void draw_file_dialog(PanelContext& panel, UiState& state) {
  FileDialogState& dialog = state.files;
  const UiFiles& files = panel.frame.files;
  const UiTheme& theme = panel.theme();
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::min(panel.dp(720), screen.x - panel.dp(32)),
              height = std::min(panel.dp(600), screen.y - panel.dp(64));
  const Area area{std::round((screen.x - width) / 2), std::round((screen.y - height) / 2), width, height};
  const Sheet sheet(panel, "##files", area);
  const float pad = panel.dp(20), row = panel.dp(kRow);

  panel.paint.text(area.x + pad, area.y + panel.dp(24), title_of(dialog.purpose), kBrand, theme.text);
  panel.paint.text_cut(area.right() - pad, area.y + panel.dp(24),
                       width - panel.dp(dialog.purpose == FilePurpose::Model ? 210 : 120), files.folder,
                       kMonoSmall, theme.secondary, Align::Right);
  FieldLook look;
  look.x = area.x + pad;
  look.y = area.y + panel.dp(44);
  look.width = width - 2 * pad;
  look.pad_x = panel.dp(12);
  look.pad_y = panel.dp(8);
  look.style = {UiFace::Words, 14};
  look.hint = "Type to narrow the list, or a path";
  dialog.filter.draw(panel, "filter", look);

  const std::vector<const UiFileEntry*> found = choices(dialog, files);
  const int n = static_cast<int>(found.size());
  dialog.page = rows_that_fit(height, panel.paint.scale());
  dialog.choice = std::clamp(dialog.choice, 0, std::max(0, n - 1));
  const float wheel = ImGui::GetIO().MouseWheel;
  if (wheel != 0) dialog.first -= static_cast<int>(std::copysign(3.0f, wheel));
  if (dialog.choice != dialog.shown_choice) {  // keys bring the choice into view; the wheel may leave it
    dialog.first = std::clamp(dialog.first, dialog.choice - dialog.page + 1, dialog.choice);
    dialog.shown_choice = dialog.choice;
  }
  dialog.first = std::clamp(dialog.first, 0, std::max(0, n - dialog.page));

  float y = area.y + panel.dp(kHead);
  if (n == 0) {
    panel.paint.text(area.x + pad, y + row / 2,
                     !files.problem.empty()  ? files.problem
                     : files.entries.empty() ? "Nothing here that can be opened"
                                             : "No name here has that in it",
                     kBody, theme.secondary);
  }
  const UiFileEntry* clicked = nullptr;
  for (int i = dialog.first; i < std::min(n, dialog.first + dialog.page); ++i, y += row) {
    const UiFileEntry& entry = *found[static_cast<std::size_t>(i)];
    ImGui::PushID(i);
    const Touch t = touch("entry", area.x + panel.dp(10), y, width - panel.dp(20), row);
    ImGui::PopID();
    draw_row(panel, entry, {area.x + panel.dp(10), y, width - panel.dp(20), row},
             i == dialog.choice || t.hovered);
    if (t.clicked) clicked = &entry;
  }
  if (n > dialog.page) {
    const float track = static_cast<float>(dialog.page) * row,
                part = static_cast<float>(dialog.page) / static_cast<float>(n);
    const float top =
        area.y + panel.dp(kHead) + track * static_cast<float>(dialog.first) / static_cast<float>(n);
    panel.paint.fill(area.right() - panel.dp(7), top, area.right() - panel.dp(4), top + track * part,
                     theme.line, panel.dp(2));
  }
  panel.paint.text(area.x + pad, area.bottom() - panel.dp(18), "Enter opens · Backspace goes up · Esc closes",
                   kSmall, theme.secondary);
  if (clicked) choose(state, *clicked, panel.out);
  if (sheet.clicked_outside()) dialog.open = false;
}

}  // namespace headscope
