#include "ui/key_list.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "document/key_bindings.h"
#include "ui/sheet.h"

namespace headscope {

namespace {

/// Sections of the list of commands: each begins with the command named here.
constexpr auto kSections =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"set-text", "TEXT AND MODEL"},
                                                                  {"select-head", "HEADS"},
                                                                  {"set-query", "WORDS AND CONNECTIONS"},
                                                                  {"set-view", "THE VIEW"},
                                                                  {"set-caption", "POINTING AT THINGS"},
                                                                  {"story-start", "THE STORY"},
                                                                  {"undo", "UNDO AND PLAY"},
                                                                  {"new", "FILES"},
                                                                  {"zoom", "THE WINDOW"}});

std::string with_arrows(std::string chord) {
  constexpr auto kArrows = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"Right", "→"}, {"Left", "←"}, {"Down", "↓"}, {"Up", "↑"}});
  for (const auto& [name, sign] : kArrows) {
    const std::size_t plus = chord.rfind('+');
    const std::size_t at = plus == std::string::npos ? 0 : plus + 1;
    if (std::string_view(chord).substr(at) == name) return chord.substr(0, at).append(sign);
  }
  return chord;
}

bool is_digit(const std::string& key) {
  return key.size() == 1 && key[0] >= '0' && key[0] <= '9';
}

std::vector<KeySection> make_sections() {
  std::vector<KeySection> sections = {
      {"MOUSE AND MORE",
       {{{"click", "Shift+click", "drag"}, "In the grid: one head, one more, or several", ""},
        {{"click", "wheel", "drag"},
         "On the stage: keep a connection or a word, look closer, move the picture",
         ""},
        {{"Ctrl+K", ":"}, "Type any command of this list", ""},
        {{"G"}, "In the grid: arrows move, Space adds a head, Enter takes one, Esc leaves", ""},
        {{"↑", "↓"}, "Over a picture: the patch above or below", ""},
        {{"Ctrl+R", "Ctrl+D"}, "After a crash: restore or discard what was left", ""}}}};
  for (const CommandSpec& spec : command_specs()) {
    const auto* begins = std::find_if(kSections.begin(), kSections.end(),
                                      [&](const auto& section) { return section.first == spec.name; });
    if (begins != kSections.end()) sections.push_back({std::string(begins->second), {}});
    sections.back().lines.push_back({shown_keys(spec.name), spec.help, spec.usage()});
  }
  for (KeySection& section : sections)
    std::stable_partition(section.lines.begin(), section.lines.end(),
                          [](const KeyLine& line) { return !line.keys.empty(); });
  return sections;
}

/// Draws keys as caps, in several rows where they do not fit one; returns the height. `draw` false: only
/// measures.
float key_caps(PanelContext& panel, float x, float y, float width, const std::vector<std::string>& keys,
               float row, bool draw) {
  const UiTheme& theme = panel.theme();
  const float pad = panel.dp(6), gap = panel.dp(5), half = panel.dp(9);
  float at = x, bottom = y + row;
  for (const std::string& key : keys) {
    const float cap = std::max(panel.paint.width(key, kMonoSmall) + 2 * pad, 2 * half);
    if (at > x && at + cap > x + width) at = x, bottom += row;
    if (draw) {
      const float middle = bottom - row / 2;
      panel.paint.fill(at, middle - half, at + cap, middle + half, theme.raised, panel.dp(4));
      panel.paint.frame(at, middle - half, at + cap, middle + half, theme.line, panel.dp(4));
      panel.paint.text(at + cap / 2, middle, key, kMonoSmall, theme.accent, Align::Center);
    }
    at += cap + gap;
  }
  return bottom - y;
}

}  // namespace

std::vector<std::string> shown_keys(std::string_view command_name) {
  std::vector<std::string> keys;
  bool in_digits = false;
  for (const KeyBinding& binding : keys_of_command(command_name)) {
    const std::string key = with_arrows(std::string(binding.chord));
    if (is_digit(key) && !keys.empty() && (in_digits || is_digit(keys.back()))) {
      keys.back() = keys.back().substr(0, 1) + " … " + key;
      in_digits = true;
    } else {
      keys.push_back(key);
      in_digits = false;
    }
  }
  return keys;
}

const std::vector<KeySection>& key_sections() {
  static const std::vector<KeySection> sections = make_sections();
  return sections;
}

void draw_help(PanelContext& panel, UiState& state) {
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  const float width = std::min(panel.dp(1040), screen.x - panel.dp(32)),
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

  const float inner = width - 2 * pad, gap = panel.dp(20);
  const float keys_x = sheet.x + pad, keys_width = std::round(inner * 0.23f) - gap,
              help_x = keys_x + keys_width + gap, help_width = std::round(inner * 0.40f) - gap,
              usage_x = help_x + help_width + gap, usage_width = sheet.right() - pad - usage_x;
  const float top = sheet.y + panel.dp(53), bottom = sheet.bottom() - panel.dp(14), row = panel.dp(25);
  // Lines of words stand in the middle of the first row of keys.
  const float words_down = std::round((row - panel.paint.line_height(kBody)) / 2),
              usage_down = std::round((row - panel.paint.line_height(kMonoSmall)) / 2);
  const auto line = [&](float y, const KeyLine& l, bool draw) {
    const float keys = l.keys.empty() ? row : key_caps(panel, keys_x, y, keys_width, l.keys, row, draw);
    const float help =
        panel.paint.paragraph(help_x, y + words_down, help_width, l.help, kBody, theme.text, draw);
    const float usage = panel.paint.paragraph(usage_x, y + usage_down, usage_width, l.usage, kMonoSmall,
                                              theme.secondary, draw);
    return std::max({keys, help + 2 * words_down, usage + 2 * usage_down});
  };

  const float above = panel.dp(18), title = row + panel.dp(2);
  std::vector<float> tall;
  float total = panel.dp(14);
  for (const KeySection& section : key_sections()) {
    total += above + title;
    for (const KeyLine& l : section.lines) total += tall.emplace_back(line(0, l, false));
  }
  const float seen = bottom - top;
  state.help_scroll -= ImGui::GetIO().MouseWheel * row * 3;
  state.help_scroll = std::clamp(state.help_scroll, 0.0f, std::max(0.0f, total - seen));

  panel.paint.list()->PushClipRect({sheet.x, top}, {sheet.right(), bottom}, true);
  float y = top - state.help_scroll;
  auto height_of = tall.begin();
  for (const KeySection& section : key_sections()) {
    y += above;
    if (y + title > top && y < bottom) caption(panel, keys_x, y + row / 2, section.title);
    y += title;
    for (const KeyLine& l : section.lines) {
      if (y + *height_of > top && y < bottom) line(y, l, true);
      y += *height_of++;
    }
  }
  panel.paint.list()->PopClipRect();
  if (total > seen) {
    const float x = sheet.right() - panel.dp(9), knob = top + state.help_scroll / total * seen;
    panel.paint.fill(x, knob, x + panel.dp(4), knob + seen * seen / total, theme.line, panel.dp(2));
  }
  if (over.clicked_outside()) state.help_open = false;
}

}  // namespace headscope
