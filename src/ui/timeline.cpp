#include <algorithm>
#include <array>
#include <cmath>

#include "ui/ui_state.h"

namespace headscope {

namespace {

// A transport button drawn from triangles and bars; true when clicked.
enum class Sign { Play, Pause, First, Back, Forward, Last };
bool transport(PanelContext& panel, const char* id, Sign sign, float x, float y, float size,
               std::string_view help) {
  const Touch t = touch(id, x - size, y - size, 2 * size, 2 * size);
  const UiTheme& theme = panel.theme();
  const bool large = sign == Sign::Play || sign == Sign::Pause;
  const ImU32 ink = large ? (t.hovered ? mix(theme.accent, theme.text, 0.3f) : theme.accent)
                          : (t.hovered ? theme.text : theme.secondary);
  const float s = size * (large ? 0.62f : 0.42f);
  const auto right = [&](float cx) {
    panel.paint.triangle({cx - s * 0.8f, y - s}, {cx + s, y}, {cx - s * 0.8f, y + s}, ink);
  };
  const auto left = [&](float cx) {
    panel.paint.triangle({cx + s * 0.8f, y - s}, {cx - s, y}, {cx + s * 0.8f, y + s}, ink);
  };
  const auto bar = [&](float cx, float half) {
    panel.paint.fill(cx - half, y - s, cx + half, y + s, ink, half * 0.5f);
  };
  switch (sign) {
    case Sign::Play:
      right(x);
      break;
    case Sign::Pause:
      bar(x - s * 0.5f, s * 0.28f);
      bar(x + s * 0.5f, s * 0.28f);
      break;
    case Sign::First:
      bar(x - s, s * 0.2f);
      left(x + s * 0.3f);
      break;
    case Sign::Last:
      bar(x + s, s * 0.2f);
      right(x - s * 0.3f);
      break;
    case Sign::Back:
      left(x);
      break;
    case Sign::Forward:
      right(x);
      break;
  }
  tip(panel, t.hovered, help);
  return t.clicked;
}

void draw_scrubber(PanelContext& panel, const Area& area) {
  const UiTimeline& line = panel.frame.timeline;
  const UiTheme& theme = panel.theme();
  const auto n = static_cast<int>(line.steps.size());
  const float track_y = std::round(area.y + panel.dp(46)), half = std::max(1.0f, panel.dp(2.5f));
  panel.paint.text_cut(area.x, area.y + panel.dp(20), area.width, line.caption, kBody, theme.secondary);
  if (n == 0) return;
  const auto place = [&](float at) {
    return area.x + (n == 1 ? 0 : area.width * at / static_cast<float>(n - 1));
  };
  const auto position = [&](int i) { return place(static_cast<float>(i)); };

  const Touch t = touch("scrubber", area.x - panel.dp(8), track_y - panel.dp(12), area.width + panel.dp(16),
                        panel.dp(44));
  if (t.held) {
    panel.out.dragging = true;
    const float wanted =
        (ImGui::GetIO().MousePos.x - area.x) / std::max(1.0f, area.width) * static_cast<float>(n - 1);
    // Between two steps the picture is between them too; near one it is that one.
    float to = std::clamp(wanted, 0.0f, static_cast<float>(n - 1));
    if (std::abs(to - std::round(to)) < 0.08f) to = std::round(to);
    if (std::abs(to - line.position) > 1e-4f) panel.command(Control{Seek{to}});
  }
  panel.paint.fill(area.x, track_y - half, area.right(), track_y + half,
                   mix(theme.raised, theme.line, theme.dark ? 0.2f : 0.8f), half);
  if (line.position > 0)
    panel.paint.fill(area.x, track_y - half, place(line.position), track_y + half, theme.accent, half);

  const float spacing = n > 1 ? area.width / static_cast<float>(n - 1) : area.width;
  const bool dots = spacing > panel.dp(14);  // nearer ones would be a chain, not steps
  if (dots) {
    for (int i = 0; i < n; ++i) {
      if (i == line.current) continue;
      panel.paint.circle(position(i), track_y, panel.dp(4),
                         i < line.current ? theme.accent : mix(theme.line, theme.secondary, 0.25f));
    }
  }
  if (line.current >= 0) panel.paint.circle(place(line.position), track_y, panel.dp(8), theme.accent);

  // Words below the dots: the current one always, of the rest those that do not touch.
  const float text_y = area.y + panel.dp(70), gap = panel.dp(8);
  float current_left = INFINITY, current_right = -INFINITY;
  const float limit = std::max(spacing - gap, panel.dp(52));
  const auto word = [&](int i) { return std::string_view(line.steps[static_cast<std::size_t>(i)]); };
  const auto extent = [&](int i) {
    return std::min(panel.paint.width(word(i), kMonoSmall), i == line.current ? panel.dp(160) : limit);
  };
  if (line.current >= 0) {
    const float w = extent(line.current);
    current_left = position(line.current) - w / 2 - gap, current_right = position(line.current) + w / 2 + gap;
    panel.paint.text_cut(position(line.current), text_y, w + 1, word(line.current), kMonoSmall, theme.text,
                         Align::Center);
  }
  float used = -INFINITY;
  for (int i = 0; i < n; ++i) {
    if (i == line.current) continue;
    const float w = extent(i), left = position(i) - w / 2, right = position(i) + w / 2;
    if (left < used || (right > current_left && left < current_right)) continue;
    panel.paint.text_cut(position(i), text_y, w + 1, word(i), kMonoSmall, theme.secondary, Align::Center);
    used = right + gap;
  }
}

void draw_edits(PanelContext& panel, const Area& area) {
  const UiTimeline& line = panel.frame.timeline;
  const UiTheme& theme = panel.theme();
  const float top = area.y + panel.dp(24), below = area.y + panel.dp(46);
  const std::string title = line.n_edits == 0
                                ? "No edits yet"
                                : "Edit " + std::to_string(line.edit) + " of " + std::to_string(line.n_edits);
  panel.paint.text(area.x, top, title, kBody, theme.secondary);
  panel.paint.text_cut(area.x, below, area.width, line.edit_label, kMonoSmall, theme.text);
  const float x = area.x + panel.paint.width(title, kBody) + panel.dp(22);
  if (panel.frame.can_undo &&
      transport(panel, "edit-back", Sign::Back, x, top, panel.dp(10), "The edit before (Ctrl+Left)"))
    panel.command(Control{StepEdit{-1}});
  if (panel.frame.can_redo && transport(panel, "edit-forward", Sign::Forward, x + panel.dp(20), top,
                                        panel.dp(10), "The next edit (Ctrl+Right)"))
    panel.command(Control{StepEdit{1}});
}

constexpr std::array<std::pair<const char*, PlayMode>, 5> kModes = {{{"by words", PlayMode::Tokens},
                                                                     {"by heads", PlayMode::Heads},
                                                                     {"by layers", PlayMode::Layers},
                                                                     {"by edits", PlayMode::Edits},
                                                                     {"story", PlayMode::Story}}};

}  // namespace

void draw_timeline(PanelContext& panel, UiState& state, const Area& area) {
  const UiTheme& theme = panel.theme();
  const UiTimeline& line = panel.frame.timeline;
  panel.paint.fill(area.x, area.y, area.right(), area.bottom(), theme.panel);
  panel.paint.fill(area.x, area.y, area.right(), area.y + 1, theme.line);
  const float middle = std::round(area.y + panel.dp(46));
  float x = area.x + panel.dp(38);
  if (transport(panel, "play", line.playing ? Sign::Pause : Sign::Play, x, middle, panel.dp(15),
                line.playing ? "Pause (Space)" : "Play (Space)"))
    panel.command(Control{TogglePlay{}});
  x += panel.dp(36);
  const float small = panel.dp(12);
  if (transport(panel, "first", Sign::First, x, middle, small, "First step (Home)"))
    panel.command(Control{Seek{0.0f}});
  if (transport(panel, "back", Sign::Back, x + panel.dp(22), middle, small, "Step back (Left)"))
    panel.command(line.mode == PlayMode::Tokens || line.mode == PlayMode::Story
                      ? Command{Action{Step{-1}}}
                      : Command{Control{Seek{static_cast<float>(std::max(0, line.current - 1))}}});
  if (transport(panel, "forward", Sign::Forward, x + panel.dp(42), middle, small, "Step on (Right)"))
    panel.command(line.mode == PlayMode::Tokens || line.mode == PlayMode::Story
                      ? Command{Action{Step{1}}}
                      : Command{Control{Seek{static_cast<float>(line.current + 1)}}});
  if (transport(panel, "last", Sign::Last, x + panel.dp(64), middle, small, "Last step (End)"))
    panel.command(Control{Seek{std::nullopt}});
  x += panel.dp(88);

  const std::string speed = number(line.speed, line.speed < 1 ? 2 : 1) + "×";
  const float width = panel.dp(46);
  const Touch t = touch("speed", x, middle - panel.dp(12), width, panel.dp(24));
  panel.paint.text(x + width / 2, middle, speed, kMono, t.hovered ? theme.accent : theme.text, Align::Center);
  if (t.hovered && ImGui::GetIO().MouseWheel != 0)
    panel.command(Control{StepSpeed{ImGui::GetIO().MouseWheel > 0 ? 1 : -1}});
  if (t.clicked) panel.command(Control{SetSpeed{line.speed >= 2 ? 0.5f : line.speed >= 1 ? 2.0f : 1.0f}});
  tip(panel, t.hovered, "Speed: click for 0.5×, 1×, 2×; < and > or the wheel for finer steps");
  const float mode_y = middle + panel.dp(24);
  const auto mode = static_cast<std::size_t>(line.mode);
  const std::string name = kModes[mode].first;
  const Touch m = touch("mode", area.x + panel.dp(24), mode_y - panel.dp(9), panel.dp(80), panel.dp(18));
  panel.paint.text(area.x + panel.dp(27), mode_y, name, kSmall, m.hovered ? theme.text : theme.secondary);
  if (m.clicked) panel.command(Control{SetPlayMode{std::nullopt}});
  tip(panel, m.hovered, "What one step is: words, heads, layers, edits, or a step of the story (N)");

  if (panel.frame.story.open) {
    const float strip_left = area.x + panel.dp(232);
    draw_story_strip(panel, state,
                     {strip_left, area.y, area.right() - panel.dp(24) - strip_left, area.height});
    return;
  }
  const float edits = area.width > panel.dp(900) ? panel.dp(210) : 0;
  const float left = area.x + panel.dp(232);
  draw_scrubber(
      panel, {left, area.y, std::max(panel.dp(60), area.right() - edits - panel.dp(38) - left), area.height});
  if (edits > 0)
    draw_edits(panel, {area.right() - edits, area.y + panel.dp(16), edits - panel.dp(12), area.height});
}

}  // namespace headscope
