#include <algorithm>
#include <cmath>

#include "base/utf8.h"
#include "ui/key_list.h"
#include "ui/sheet.h"

namespace headscope {

namespace {

std::string keys_text(std::string_view name) {
  std::string text;
  for (const std::string& key : shown_keys(name)) {
    if (!text.empty()) text += "   ";
    text += key;
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
