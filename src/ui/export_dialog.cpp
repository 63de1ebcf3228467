#include "ui/export_dialog.h"

#include <algorithm>
#include <cmath>

#include "ui/file_dialog.h"

namespace headscope {

namespace {

// Logical pixels.
constexpr float kPad = 22, kSheetHead = 52, kSheetFoot = 78, kRowHeight = 26, kFacts = 74;

/// What the parts of the dialog work with.
struct Form {
  PanelContext& panel;
  UiState& state;
  ExportDialogState& dialog;
  Area area;  ///< of the settings
  float y;

  float dp(float logical) const { return panel.dp(logical); }
  const UiTheme& theme() const { return panel.theme(); }

  /// A line around what the keys are at; a click there brings them.
  void focus(ExportRow row, float x, float top, float width, float height) {
    if (dialog.row == row)
      panel.paint.frame(x - dp(4), top - dp(3), x + width + dp(4), top + height + dp(3),
                        with_alpha(theme().accent, 0.8f), dp(9));
    const ImVec2 mouse = ImGui::GetIO().MousePos;
    const bool inside = mouse.x >= x && mouse.x < x + width && mouse.y >= top && mouse.y < top + height;
    if (inside && ImGui::GetIO().MouseClicked[0] && !state.files.open) dialog.row = row;
    // What the keys go to comes into view.
    if (dialog.row == row && dialog.seen != row) {
      const float above = area.y - top + dp(8), below = top + height + dp(8) - area.bottom();
      if (row != ExportRow::Out && std::max(above, below) > 0) {
        dialog.scroll += above > 0 ? -above : below;
        panel.out.redraw = true;
      }
      dialog.seen = row;
    }
  }
  void typed(ExportRow row, float x, float width, std::string_view hint = {}) {
    TextField& field = dialog.fields[static_cast<std::size_t>(row)];
    FieldLook look;
    look.x = x;
    look.y = y;
    look.width = width;
    look.pad_x = dp(10);
    look.pad_y = dp(5);
    look.style = row == ExportRow::Out ? kBody : kMono;
    look.hint = hint;
    const std::string id = "field" + std::to_string(static_cast<int>(row));
    const float height = field.draw(panel, id.c_str(), look);
    focus(row, x, y, width, height);
  }
  void word(float x, std::string_view text) {
    panel.paint.text(x, y + dp(14), text, kBody, theme().secondary);
  }
  void flip(ExportRow row, float x, float width, const char* id, std::string_view text, bool& on) {
    if (!applies(row, dialog.settings)) {
      panel.paint.text_cut(x + dp(44), y + dp(13), width - dp(44), text, kBody, theme().faint);
      return;
    }
    focus(row, x, y, width - dp(8), dp(26));
    if (toggle(panel, id, x, y, width - dp(8), text, on)) on = !on;
  }
};

void draw_formats(Form& form) {
  ExportDialogState& dialog = form.dialog;
  const Area& area = form.area;
  const auto at = std::find(kFormatOrder.begin(), kFormatOrder.end(), dialog.settings.format);
  const int chosen = static_cast<int>(at - kFormatOrder.begin());
  constexpr int kStills = 3;
  const float height = form.dp(kRowHeight), label = form.dp(104);
  form.focus(ExportRow::Format, area.x, form.y, area.width, 2 * height + form.dp(8));
  form.word(area.x, "This moment");
  const float x = area.x + label, width = area.width - label;
  int picked = segments(form.panel, "stills", x, form.y, width, height, {"PNG", "SVG", "PDF"},
                        chosen < kStills ? chosen : -1);
  form.y += height + form.dp(8);
  form.word(area.x, form.panel.frame.exporting.has_story ? "The story" : "Word by word");
  const int movie =
      segments(form.panel, "movies", x, form.y, width, height, {"MP4", "WebM", "GIF", "APNG", "PNGs"},
               chosen >= kStills ? chosen - kStills : -1);
  if (movie >= 0) picked = kStills + movie;
  if (picked >= 0) choose_format(dialog, kFormatOrder[static_cast<std::size_t>(picked)]);
  form.y += height + form.dp(14);
}

void draw_sizes(Form& form) {
  ExportDialogState& dialog = form.dialog;
  ExportSettings& settings = dialog.settings;
  const Area& area = form.area;
  const float label = form.dp(104), x = area.x + label, height = form.dp(kRowHeight);
  std::vector<std::string_view> names;
  for (const ExportPreset& preset : export_presets()) names.push_back(preset.title);
  const ExportPreset* now = preset_of(settings);
  form.focus(ExportRow::Preset, area.x, form.y, area.width, height);
  form.word(area.x, "Size");
  if (const int i = segments(form.panel, "preset", x, form.y, area.width - label, height, names,
                             now ? static_cast<int>(now - export_presets().data()) : -1);
      i >= 0) {
    use_preset(settings, export_presets()[static_cast<std::size_t>(i)]);
  }
  form.y += height + form.dp(10);
  const float field = form.dp(70);
  form.word(area.x, "Pixels");
  form.typed(ExportRow::Width, x, field);
  form.word(x + field + form.dp(8), "×");
  form.typed(ExportRow::Height, x + field + form.dp(24), field);
  if (settings.page_width_cm > 0 && settings.format == ExportFormat::Pdf)
    form.word(x + 2 * field + form.dp(38), number(settings.page_width_cm, 1) + " cm wide");
  form.y += form.dp(36);
  if (is_still(settings.format)) return;
  form.word(area.x, "Seconds");
  form.typed(ExportRow::Begin, x, field, "0");
  form.word(x + field + form.dp(8), "to");
  form.typed(ExportRow::End, x + field + form.dp(24), field, "end");
  const float rate = x + 2 * field + form.dp(38);
  form.typed(ExportRow::Fps, rate, form.dp(52));
  form.word(rate + form.dp(60), "frames/s");
  form.y += form.dp(36);
}

void draw_looks(Form& form) {
  ExportSettings& settings = form.dialog.settings;
  const Area& area = form.area;
  const float label = form.dp(104), height = form.dp(kRowHeight);
  form.focus(ExportRow::Theme, area.x, form.y, area.width, height);
  form.word(area.x, "Theme");
  if (const int i =
          segments(form.panel, "theme", area.x + label, form.y, area.width - label, height,
                   {"as shown", "dark", "light"}, settings.theme ? 1 + static_cast<int>(*settings.theme) : 0);
      i >= 0) {
    settings.theme = i == 0 ? std::nullopt : std::optional(static_cast<Theme>(i - 1));
  }
  form.y += height + form.dp(12);
  const float half = area.width / 2, right = area.x + half;
  form.flip(ExportRow::Transparent, area.x, half, "clear", "No background", settings.transparent);
  form.flip(ExportRow::Title, right, half, "title", "Title", settings.title);
  form.y += form.dp(30);
  form.flip(ExportRow::Caption, area.x, half, "caption", "In words, below", settings.caption);
  form.flip(ExportRow::Legend, right, half, "legend", "Legend", settings.legend);
  form.y += form.dp(30);
  form.flip(ExportRow::Footer, area.x, half, "footer", "Source line", settings.footer);
  form.flip(ExportRow::Document, right, half, "document", "Carries its document", settings.with_document);
  form.y += form.dp(30);
}

/// Squares behind a picture that lets its ground through.
void draw_squares(PanelContext& panel, float x, float y, float width, float height) {
  const float side = panel.dp(8);
  const UiTheme& theme = panel.theme();
  panel.paint.fill(x, y, x + width, y + height, theme.raised);
  for (int row = 0; static_cast<float>(row) * side < height; ++row) {
    for (int col = row % 2; static_cast<float>(col) * side < width; col += 2) {
      const float left = x + side * static_cast<float>(col), top = y + side * static_cast<float>(row);
      panel.paint.fill(left, top, std::min(left + side, x + width), std::min(top + side, y + height),
                       theme.line);
    }
  }
}

void draw_preview(PanelContext& panel, const ExportDialogState& dialog, const Area& box) {
  const UiExport& exporting = panel.frame.exporting;
  const UiTheme& theme = panel.theme();
  const ExportSettings& settings = dialog.settings;
  panel.paint.fill(box.x, box.y, box.right(), box.bottom(), theme.background, panel.dp(8));
  const UiTexture& picture = exporting.picture;
  if (picture.id != 0 && picture.width > 0) {
    // In the shape that the file will have, also while its picture is still on the way.
    const float aspect =
        static_cast<float>(std::max(1, settings.width)) / static_cast<float>(std::max(1, settings.height));
    const float width = std::round(std::min(box.width, box.height * aspect)),
                height = std::round(std::min(box.height, box.width / aspect));
    const float x = std::round(box.x + (box.width - width) / 2),
                y = std::round(box.y + (box.height - height) / 2);
    if (settings.transparent && can_be_transparent(settings.format)) draw_squares(panel, x, y, width, height);
    panel.paint.list()->AddImage((ImTextureID) static_cast<std::intptr_t>(picture.id), {x, y},
                                 {x + width, y + height}, {0, 0}, {1, 1},
                                 IM_COL32(255, 255, 255, exporting.measuring ? 200 : 255));
    panel.paint.frame(x, y, x + width, y + height, theme.line);
  } else {
    panel.paint.frame(box.x, box.y, box.right(), box.bottom(), theme.line, panel.dp(8));
    panel.paint.text(box.x + box.width / 2, box.y + box.height / 2,
                     exporting.running ? "The preview comes after the export" : "Drawing …", kBody,
                     theme.secondary, Align::Center);
  }
}

/// How many frames, how large, how long, and what is in the way.
void draw_facts(PanelContext& panel, const ExportDialogState& dialog, float x, float y, float width) {
  const UiExport& exporting = panel.frame.exporting;
  const UiTheme& theme = panel.theme();
  panel.paint.text_cut(x, y + panel.dp(10), width, exporting.facts, kBody, theme.text);
  const std::string problem = export_problem(dialog, exporting);
  if (!problem.empty()) {
    panel.paint.paragraph(x, y + panel.dp(24), width, problem, kBody, theme.error);
    return;
  }
  panel.paint.text_cut(
      x, y + panel.dp(32), width,
      exporting.estimate.empty() ? (exporting.running ? "" : "measuring …") : exporting.estimate, kBody,
      theme.secondary);
  panel.paint.text_cut(x, y + panel.dp(54), width, exporting.note, kSmall, theme.secondary);
}

void draw_bar(PanelContext& panel, float x, float y, float width, float progress) {
  const float half = std::max(1.0f, panel.dp(2));
  panel.paint.fill(x, y - half, x + width, y + half, panel.theme().line, half);
  if (progress > 0)
    panel.paint.fill(x, y - half, x + width * std::min(1.0f, progress), y + half, panel.theme().accent, half);
}

void draw_foot(Form& form, const Area& sheet) {
  PanelContext& panel = form.panel;
  ExportDialogState& dialog = form.dialog;
  const UiExport& exporting = panel.frame.exporting;
  const float left = sheet.x + form.dp(kPad), right = sheet.right() - form.dp(kPad);
  panel.paint.fill(left, sheet.bottom() - form.dp(kSheetFoot), right,
                   sheet.bottom() - form.dp(kSheetFoot) + 1, form.theme().line);
  form.y = sheet.bottom() - form.dp(kSheetFoot) + form.dp(14);
  const float height = form.dp(28), main = form.dp(104), folder = form.dp(86);
  if (exporting.running) {
    panel.paint.text_cut(left, form.y + form.dp(6), right - left - main - form.dp(16),
                         exporting.title + " · " + exporting.news, kBody, form.theme().text);
    draw_bar(panel, left, form.y + form.dp(24), right - left - main - form.dp(16), exporting.progress);
    if (button(panel, "stop", right - main, form.y, main, height, "Stop"))
      panel.command(Control{StopExport{}});
  } else {
    form.area = {left, form.y, right - left, height};
    form.typed(ExportRow::Out, left, right - left - main - folder - form.dp(20), "Name of the file");
    if (button(panel, "folder", right - main - folder - form.dp(10), form.y, folder, height, "Folder…")) {
      form.state.files.open = true;
      form.state.files.purpose = FilePurpose::ExportFolder;
      show_folder(form.state.files, std::filesystem::path(dialog.settings.out).parent_path().string());
    }
    const bool sound = export_problem(dialog, exporting).empty();
    if (button(panel, "export", right - main, form.y, main, height, "Export",
               sound ? ButtonKind::Primary : ButtonKind::Plain, sound))
      dialog.start = true;
  }
  panel.paint.text_cut(left, sheet.bottom() - form.dp(16), right - left,
                       exporting.running
                           ? "Shift+Esc stops it · Esc closes, it goes on"
                           : "Tab, ↑ ↓ move · ← → Space change · Ctrl+O folder · Enter exports · Esc closes",
                       kSmall, form.theme().secondary);
}

}  // namespace

void draw_export_dialog(PanelContext& panel, UiState& state) {
  ExportDialogState& dialog = state.exporting;
  prepare_export(dialog, panel.frame.exporting);
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::min(panel.dp(900), screen.x - panel.dp(24)),
              height = std::min(panel.dp(500), screen.y - panel.dp(24));
  const Area sheet{std::round((screen.x - width) / 2), std::round((screen.y - height) / 2), width, height};
  const Sheet over(panel, "##export", sheet);
  const float pad = panel.dp(kPad), left = sheet.x + pad, right = sheet.right() - pad;
  panel.paint.text(left, sheet.y + panel.dp(27), "Export", kBrand, panel.theme().text);

  const float top = sheet.y + panel.dp(kSheetHead), bottom = sheet.bottom() - panel.dp(kSheetFoot);
  const bool wide = width > panel.dp(740);
  Area form_area{left, top, right - left, bottom - top - panel.dp(10)};
  if (wide) {
    const float column = panel.dp(404);
    form_area.x = right - column;
    form_area.width = column;
    const float room = form_area.x - left - panel.dp(28);
    const float box = std::min(bottom - top - panel.dp(kFacts + 14), std::round(room * 0.72f));
    draw_preview(panel, dialog, {left, top, room, box});
    draw_facts(panel, dialog, left, top + box + panel.dp(10), room);
  } else {
    form_area.height -= panel.dp(44);
    draw_facts(panel, dialog, left, bottom - panel.dp(46), right - left);
  }
  Form form{panel, state, dialog, form_area, 0};
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (mouse.x > form_area.x && mouse.x < form_area.right())
    dialog.scroll -= ImGui::GetIO().MouseWheel * panel.dp(40);
  panel.paint.list()->PushClipRect({form_area.x - panel.dp(5), form_area.y - panel.dp(4)},
                                   {form_area.right() + panel.dp(5), form_area.bottom() + panel.dp(4)}, true);
  form.y = form_area.y - dialog.scroll;
  const float begin = form.y;
  draw_formats(form);
  draw_sizes(form);
  draw_looks(form);
  panel.paint.list()->PopClipRect();
  const float most = std::max(0.0f, form.y - begin - form_area.height);
  if (most > 0) {
    const float part = form_area.height / (form_area.height + most),
                at = form_area.y + form_area.height * dialog.scroll / (form_area.height + most);
    panel.paint.fill(sheet.right() - panel.dp(10), at, sheet.right() - panel.dp(7),
                     at + form_area.height * part, panel.theme().line, panel.dp(2));
  }
  dialog.scroll = std::clamp(dialog.scroll, 0.0f, most);
  draw_foot(form, sheet);
  if (over.clicked_outside() && !state.files.open) close_export(dialog);
}

void draw_export_card(PanelContext& panel, float right, float bottom) {
  const UiExport& exporting = panel.frame.exporting;
  if (!exporting.running) return;
  const UiTheme& theme = panel.theme();
  const float width = panel.dp(300), height = panel.dp(66), x = right - width, y = bottom - height;
  ImGui::SetNextWindowPos({x, y});
  ImGui::SetNextWindowSize({width, height});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, theme.raised);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, panel.dp(9));
  ImGui::Begin("##exporting", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoFocusOnAppearing);
  panel.paint.frame(x, y, x + width, y + height, theme.line, panel.dp(9));
  const float pad = panel.dp(14), stop = panel.dp(52);
  panel.paint.text_cut(x + pad, y + panel.dp(18), width - 2 * pad - stop, exporting.title, kBody, theme.text);
  panel.paint.text_cut(x + pad, y + panel.dp(36), width - 2 * pad - stop, exporting.news, kSmall,
                       theme.secondary);
  draw_bar(panel, x + pad, y + panel.dp(54), width - 2 * pad, exporting.progress);
  if (button(panel, "stop", x + width - pad - stop, y + panel.dp(14), stop, panel.dp(26), "Stop"))
    panel.command(Control{StopExport{}});
  ImGui::End();
  ImGui::PopStyleVar();
  ImGui::PopStyleColor();
}

void draw_leaving(PanelContext& panel) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const UiTheme& theme = panel.theme();
  const float width = std::min(panel.dp(560), screen.x - panel.dp(24)), height = panel.dp(142);
  const Area sheet{std::round((screen.x - width) / 2), std::round((screen.y - height) / 2), width, height};
  const Sheet over(panel, "##leaving", sheet);
  const float pad = panel.dp(kPad), left = sheet.x + pad, right = sheet.right() - pad;
  panel.paint.text_cut(left, sheet.y + panel.dp(28), width - 2 * pad,
                       panel.frame.exporting.title + " is not done yet", kStrong, theme.text);
  panel.paint.text_cut(left, sheet.y + panel.dp(52), width - 2 * pad, panel.frame.exporting.news, kBody,
                       theme.secondary);
  draw_bar(panel, left, sheet.y + panel.dp(74), width - 2 * pad, panel.frame.exporting.progress);
  const float gap = panel.dp(8), each = (right - left - 2 * gap) / 3, top = sheet.bottom() - panel.dp(46);
  if (button(panel, "when-done", left, top, each, panel.dp(30), "Close when done  Enter",
             ButtonKind::Primary))
    panel.out.leave = UiLeave::WhenDone;
  if (button(panel, "stop", left + each + gap, top, each, panel.dp(30), "Stop and close  Del"))
    panel.out.leave = UiLeave::Stop;
  if (button(panel, "stay", left + 2 * (each + gap), top, each, panel.dp(30), "Stay  Esc"))
    panel.out.leave = UiLeave::Stay;
}

}  // namespace headscope
