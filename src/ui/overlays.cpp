#include <algorithm>
#include <cmath>

#include "base/utf8.h"
#include "document/key_bindings.h"
#include "ui/sheet.h"

namespace headscope {

namespace {

std::string keys_text(std::string_view name) {
  std::string text;
  for (const KeyBinding& binding : keys_of_command(name)) {
    if (!text.empty()) text += "   ";
    text += binding.chord;
  }
  return text;
}

constexpr int kShown = 10;  // commands below the palette's line

std::vector<const CommandSpec*> matching_commands(std::string_view line) {
  // What was typed before the first space finds the command; the rest are its arguments.
  const std::string wanted = ascii_lower(line.substr(0, line.find(' ')));
  std::vector<const CommandSpec*> found;
  for (const CommandSpec& spec : command_specs()) {
    if (ascii_lower(spec.name).find(wanted) != std::string::npos ||
        (wanted.size() > 2 && ascii_lower(spec.help).find(wanted) != std::string::npos))
      found.push_back(&spec);
  }
  std::stable_sort(found.begin(), found.end(), [&](const CommandSpec* a, const CommandSpec* b) {
    return a->name.starts_with(wanted) > b->name.starts_with(wanted);
  });
  return found;
}

}  // namespace

void submit_palette(UiState& state, UiOutput& out) {
  const std::string line = state.palette.edit.text();
  const std::vector<const CommandSpec*> found = matching_commands(line);
  const bool name_alone = line.find(' ') == std::string::npos;
  const CommandSpec* chosen = nullptr;
  if (name_alone && !found.empty()) {
    const int last = std::min<int>(kShown, static_cast<int>(found.size())) - 1;
    chosen = found[static_cast<std::size_t>(std::clamp(state.palette_choice, 0, last))];
  }
  Result<Command> command = parse_command(line);
  if (!command && chosen) command = parse_command(chosen->name);
  if (command) {
    out.commands.push_back(std::move(*command));
    state.palette_open = false;
  } else if (chosen) {
    state.palette.edit.adopt(chosen->name + " ");  // it wants arguments
  } else {
    out.failures.push_back(command.error());
  }
}

void draw_help(PanelContext& panel, UiState& state) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::min(panel.dp(980), screen.x - panel.dp(32)),
              height = std::min(panel.dp(760), screen.y - panel.dp(32));
  const Area sheet{std::round((screen.x - width) / 2), std::round((screen.y - height) / 2), width, height};
  const UiTheme& theme = panel.theme();
  const Sheet over(panel, "##help", sheet);
  const float pad = panel.dp(26);
  panel.paint.text(sheet.x + pad, sheet.y + panel.dp(30), "Keys and commands", kBrand, theme.text);
  panel.paint.text(sheet.right() - pad, sheet.y + panel.dp(30), "Esc closes · Ctrl+K or : types a command",
                   kBody, theme.secondary, Align::Right);
  panel.paint.fill(sheet.x + pad, sheet.y + panel.dp(52), sheet.right() - pad, sheet.y + panel.dp(52) + 1,
                   theme.line);

  const std::vector<CommandSpec>& specs = command_specs();
  const float top = sheet.y + panel.dp(60), bottom = sheet.bottom() - panel.dp(14), row = panel.dp(23);
  const float total = row * static_cast<float>(specs.size() + 5);
  state.help_scroll -= ImGui::GetIO().MouseWheel * row * 3;
  state.help_scroll = std::clamp(state.help_scroll, 0.0f, std::max(0.0f, total - (bottom - top)));
  panel.paint.list()->PushClipRect({sheet.x, top}, {sheet.right(), bottom}, true);
  float y = top - state.help_scroll;
  const float keys_x = sheet.x + pad, name_x = keys_x + std::round(width * 0.22f),
              help_x = name_x + std::round(width * 0.36f);
  const auto line = [&](std::string_view keys, std::string_view usage, std::string_view help) {
    const float middle = y + row / 2;
    panel.paint.text_cut(keys_x, middle, name_x - keys_x - panel.dp(12), keys, kMonoSmall, theme.accent);
    panel.paint.text_cut(name_x, middle, help_x - name_x - panel.dp(12), usage, kMonoSmall, theme.text);
    panel.paint.text_cut(help_x, middle, sheet.right() - pad - help_x, help, kBody, theme.secondary);
    y += row;
  };
  line("click   Shift+click   drag", "", "In the grid: one head, one more, or several");
  line("click   wheel   drag", "",
       "On the stage: keep a connection or a word, look closer, move the picture");
  line("Ctrl+K   :", "", "Type any command of this list");
  line("G", "", "In the grid: arrows move, Space adds a head, Enter takes one, Esc leaves");
  line("Up   Down", "", "Over a picture: the patch above or below");
  line("Ctrl+R   Ctrl+D", "", "After a crash: restore or discard what was left");
  for (const CommandSpec& spec : specs) line(keys_text(spec.name), spec.usage(), spec.help);
  panel.paint.list()->PopClipRect();
  if (over.clicked_outside()) state.help_open = false;
}

void draw_palette(PanelContext& panel, UiState& state) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const UiTheme& theme = panel.theme();
  const std::vector<const CommandSpec*> found = matching_commands(state.palette.edit.text());
  const int n = std::min<int>(kShown, static_cast<int>(found.size()));
  state.palette_choice = std::clamp(state.palette_choice, 0, std::max(0, n - 1));

  const float width = std::min(panel.dp(680), screen.x - panel.dp(32)), row = panel.dp(30);
  const Area sheet{std::round((screen.x - width) / 2), panel.dp(84), width,
                   panel.dp(58) + row * static_cast<float>(n) + panel.dp(n > 0 ? 10 : 0)};
  const Sheet over(panel, "##palette", sheet);
  FieldLook look;
  look.x = sheet.x + panel.dp(8);
  look.y = sheet.y + panel.dp(8);
  look.width = sheet.width - panel.dp(16);
  look.pad_x = panel.dp(12);
  look.pad_y = panel.dp(8);
  look.style = {UiFace::Mono, 15};
  look.hint = "Type a command, for instance  select-heads 2.5 2.6";
  look.boxed = false;
  state.palette.draw(panel, "command", look);
  panel.paint.fill(sheet.x, sheet.y + panel.dp(50), sheet.right(), sheet.y + panel.dp(50) + 1, theme.line);
  float y = sheet.y + panel.dp(58);
  for (int i = 0; i < n; ++i) {
    const CommandSpec& spec = *found[static_cast<std::size_t>(i)];
    const Touch t = touch(spec.name.c_str(), sheet.x + panel.dp(8), y, sheet.width - panel.dp(16), row);
    if (i == state.palette_choice || t.hovered)
      panel.paint.fill(sheet.x + panel.dp(8), y, sheet.right() - panel.dp(8), y + row, theme.raised,
                       panel.dp(6));
    const std::string keys = keys_text(spec.name);
    const float keys_width = std::min(panel.paint.width(keys, kMonoSmall), width * 0.25f);
    const float split = sheet.x + std::round(width * 0.42f);
    panel.paint.text_cut(sheet.x + panel.dp(20), y + row / 2, split - sheet.x - panel.dp(32), spec.usage(),
                         kMonoSmall, theme.text);
    panel.paint.text_cut(split, y + row / 2, sheet.right() - panel.dp(32) - keys_width - split, spec.help,
                         kBody, theme.secondary);
    panel.paint.text_cut(sheet.right() - panel.dp(20), y + row / 2, keys_width + 1, keys, kMonoSmall,
                         theme.accent, Align::Right);
    if (t.clicked) state.palette.edit.adopt(spec.name + " "), state.palette.focused = true;
    y += row;
  }
  if (over.clicked_outside()) state.palette_open = false;
}

}  // namespace headscope
