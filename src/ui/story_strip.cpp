#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ui/ui_state.h"

namespace headscope {

namespace {

// A thumbnail and what stands below it, in logical pixels.
constexpr float kThumbWidth = 112, kThumbHeight = 63, kThumbGap = 12, kTop = 58;

std::string seconds(float value) {
  return number(double{value}, value < 10 && std::fmod(value, 1.0f) != 0 ? 1 : 0);
}

/// One picture in small: bands, pills and cells; words are too small to read there.
void draw_thumbnail(PanelContext& panel, const UiPicture& picture, float x, float y, float width,
                    float height) {
  ImDrawList* list = panel.paint.list();
  panel.paint.fill(x, y, x + width, y + height, to_imgui(picture.background), panel.dp(5));
  if (picture.width <= 0) return;
  list->PushClipRect({x, y}, {x + width, y + height}, true);
  const float scale = std::min(width / picture.width, height / picture.height);
  const float left = x + (width - scale * picture.width) / 2, top = y + (height - scale * picture.height) / 2;
  const auto at = [&](float px, float py) { return ImVec2(left + scale * px, top + scale * py); };
  const auto boxes = [&](const std::vector<UiPicture::Box>& some) {
    for (const UiPicture::Box& box : some)
      list->AddRectFilled(at(box.x, box.y), at(box.x + box.width, box.y + box.height),
                          to_imgui(box.color, box.alpha), std::min(box.radius, box.height / 2) * scale);
  };
  boxes(picture.boxes);
  for (const UiPicture::Band& band : picture.bands) {
    const float thickness = std::max(1.0f, band.width * scale);
    // Thinner than a pixel fades, as on the stage.
    const float alpha = band.alpha * std::clamp(band.width * scale, 0.35f, 1.0f);
    list->AddBezierCubic(at(band.x[0], band.y[0]), at(band.x[1], band.y[1]), at(band.x[2], band.y[2]),
                         at(band.x[3], band.y[3]), to_imgui(band.color, alpha), thickness, 12);
  }
  boxes(picture.marks);
  list->PopClipRect();
}

/// A small button with a word in it; returns whether it was clicked and moves `right` to its left.
bool word_button(PanelContext& panel, const char* id, float& right, float y, std::string_view word,
                 std::string_view help, bool active = false, bool enabled = true) {
  const UiTheme& theme = panel.theme();
  const float width = panel.paint.width(word, kSmall) + panel.dp(18), height = panel.dp(22);
  right -= width;
  const Touch t = touch(id, right, y - height / 2, width, height);
  const ImU32 ink = !enabled ? theme.faint : active ? theme.accent : t.hovered ? theme.text : theme.secondary;
  if (t.hovered && enabled)
    panel.paint.fill(right, y - height / 2, right + width, y + height / 2, theme.raised, panel.dp(6));
  if (active)
    panel.paint.frame(right, y - height / 2, right + width, y + height / 2,
                      mix(theme.line, theme.accent, 0.6f), panel.dp(6));
  panel.paint.text(right + width / 2, y, word, kSmall, ink, Align::Center);
  tip(panel, t.hovered, help);
  right -= panel.dp(4);
  return t.clicked && enabled;
}

struct Strip {
  Area area;  ///< where thumbnails may stand
  float pitch, scroll;
  float left_of(int i) const { return area.x + pitch * static_cast<float>(i) - scroll; }
  float middle_of(float position, float thumb) const {
    return area.x + pitch * position - scroll + thumb / 2;
  }
};

void draw_step(PanelContext& panel, UiState& state, const Strip& strip, int i) {
  const UiStory& story = panel.frame.story;
  const UiStoryStep& step = story.steps[static_cast<std::size_t>(i)];
  const UiTheme& theme = panel.theme();
  const float x = std::round(strip.left_of(i)), y = strip.area.y, width = panel.dp(kThumbWidth),
              height = panel.dp(kThumbHeight);
  if (x + width < strip.area.x || x > strip.area.right()) return;
  ImGui::PushID(i);
  const Touch t = touch("step", x, y, width, height + panel.dp(34));
  ImGui::PopID();
  const bool current = i == story.current, dragged = state.story_drag == i && state.story_dragging;
  draw_thumbnail(panel, step.picture ? *step.picture : UiPicture{}, x, y, width, height);
  panel.paint.frame(x, y, x + width, y + height,
                    current     ? theme.accent
                    : t.hovered ? theme.secondary
                                : theme.line,
                    panel.dp(5), current ? 2.0f : 1.0f);
  if (dragged)
    panel.paint.fill(x, y, x + width, y + height, with_alpha(theme.background, 0.55f), panel.dp(5));
  const float name_y = y + height + panel.dp(12), time_y = name_y + panel.dp(16);
  const std::string number_text = std::to_string(i + 1);
  const float number_width = panel.paint.text(x + panel.dp(2), name_y, number_text, kMonoSmall,
                                              current ? theme.accent : theme.secondary) +
                             panel.dp(7);
  panel.paint.text_cut(x + panel.dp(2) + number_width, name_y, width - number_width - panel.dp(2), step.title,
                       kSmall, current ? theme.text : theme.secondary);
  const std::string times =
      (i == 0 ? std::string() : seconds(step.duration_secs) + " + ") + seconds(step.pause_secs) + " s";
  panel.paint.text(x + panel.dp(2), time_y, times, kSmall, theme.faint);
  if (!step.caption.empty())
    panel.paint.text(x + width - panel.dp(2), time_y, "caption", kSmall, theme.faint, Align::Right);
  if (ImGui::IsItemActivated() || (t.held && state.story_drag < 0)) state.story_drag = i;
  if (t.clicked && !state.story_dragging) panel.command(Control{Seek{static_cast<float>(i)}});
  if (t.double_clicked) state.wanted_edit = StepPart::Caption;
  if (t.hovered && ImGui::GetIO().MouseWheel != 0 && ImGui::GetIO().KeyCtrl) {
    const float way = ImGui::GetIO().MouseWheel > 0 ? 0.1f : -0.1f;
    panel.command(Action{RetimeStoryStep{i + 1, step.duration_secs,
                                         std::max(0.0f, std::round((step.pause_secs + way) * 10) / 10),
                                         step.easing, step.stagger_secs}});
  }
  tip(panel, t.hovered && !state.story_dragging,
      step.caption.empty() ? "Click shows it, drag moves it, double click gives it a caption (D)"
                           : step.caption);
}

/// Follows a thumbnail that is dragged to another place; the mouse's release is one command.
void drag_steps(PanelContext& panel, UiState& state, const Strip& strip) {
  const int n = static_cast<int>(panel.frame.story.steps.size());
  if (state.story_drag < 0) return;
  const ImGuiIO& io = ImGui::GetIO();
  if (ImGui::IsMouseDragging(0, panel.dp(6))) state.story_dragging = true;
  const float gap_at = (io.MousePos.x - strip.area.x + strip.scroll) / strip.pitch;
  const int gap = std::clamp(static_cast<int>(std::lround(gap_at)), 0, n);
  if (state.story_dragging) {
    const float x = std::round(strip.left_of(gap) - panel.dp(kThumbGap) / 2);
    panel.paint.fill(x - panel.dp(1), strip.area.y, x + panel.dp(1), strip.area.y + panel.dp(kThumbHeight),
                     panel.theme().accent, panel.dp(1));
  }
  if (io.MouseDown[0]) return;
  if (state.story_dragging) {
    const int to = gap > state.story_drag ? gap - 1 : gap;
    if (to != state.story_drag) panel.command(Action{MoveStoryStep{state.story_drag + 1, to + 1}});
  }
  state.story_drag = -1;
  state.story_dragging = false;
}

/// The line that is dragged through the story: between two pictures it shows what lies between them.
void draw_playhead(PanelContext& panel, const Strip& strip) {
  const UiStory& story = panel.frame.story;
  const UiTheme& theme = panel.theme();
  const int n = static_cast<int>(story.steps.size());
  const float thumb = panel.dp(kThumbWidth), y = strip.area.y - panel.dp(14),
              half = std::max(1.0f, panel.dp(1.5f));
  const float first = strip.middle_of(0, thumb), last = strip.middle_of(static_cast<float>(n - 1), thumb);
  const Touch t = touch("story-scrub", strip.area.x, y - panel.dp(10), strip.area.width, panel.dp(20));
  if (t.held && n > 1) {
    panel.out.dragging = true;
    const float wanted =
        std::clamp((ImGui::GetIO().MousePos.x - first) / strip.pitch, 0.0f, static_cast<float>(n - 1));
    if (std::abs(wanted - story.position) > 1e-4f) panel.command(Control{Seek{wanted}});
  }
  panel.paint.fill(first, y - half, last, y + half, mix(theme.raised, theme.line, theme.dark ? 0.4f : 0.8f),
                   half);
  if (story.position >= 0)
    panel.paint.fill(first, y - half, strip.middle_of(story.position, thumb), y + half, theme.accent, half);
  for (int i = 0; i < n; ++i)
    panel.paint.circle(
        strip.middle_of(static_cast<float>(i), thumb), y, panel.dp(3.5f),
        story.position >= static_cast<float>(i) ? theme.accent : mix(theme.line, theme.secondary, 0.25f));
  if (story.position >= 0)
    panel.paint.circle(strip.middle_of(story.position, thumb), y, panel.dp(7), theme.accent);
}

void draw_title(PanelContext& panel, UiState& state, const Area& area, float y) {
  const UiStory& story = panel.frame.story;
  const UiTheme& theme = panel.theme();
  float right = area.right();
  const bool any = !story.steps.empty();
  const bool chosen = any && story.current >= 0;
  const int step = story.current + 1;
  if (word_button(panel, "record", right, y, story.recording ? "● recording" : "● record",
                  "Each command becomes a step (R)", story.recording))
    panel.command(Control{Record{Switch::Toggle}});
  if (word_button(panel, "delete", right, y, "delete", "Take this step out (Delete)", false, chosen))
    panel.command(Action{DeleteStoryStep{step}});
  if (word_button(panel, "duplicate", right, y, "duplicate", "A copy behind this step (Ctrl+D)", false,
                  chosen))
    panel.command(Action{DuplicateStoryStep{step}});
  if (word_button(panel, "times", right, y, "times", "Seconds, easing and stagger of this step (T)", false,
                  chosen))
    state.wanted_edit = StepPart::Times;
  if (word_button(panel, "name", right, y, "name", "Name this step (F2)", false, chosen))
    state.wanted_edit = StepPart::Name;
  if (word_button(panel, "caption", right, y, "caption", "The line below this step's picture (D)", false,
                  chosen))
    state.wanted_edit = StepPart::Caption;
  const float room = right - area.x - panel.dp(8);
  if (room > panel.dp(60)) panel.paint.text_cut(area.x, y, room, story.title, kBody, theme.secondary);
}

}  // namespace

void begin_step_edit(const UiStory& story, StepPart part, UiState& state) {
  const UiStoryStep& step = story.steps[static_cast<std::size_t>(story.current)];
  const std::string n = std::to_string(story.current + 1);
  std::string line;
  switch (part) {
    case StepPart::Commands:
      line = "story-edit " + n + " " + quote_argument(step.commands);
      break;
    case StepPart::Name:
      line = "story-rename " + n + " " + quote_argument(step.name);
      break;
    case StepPart::Caption:
      line = "story-caption " + n + " " + quote_argument(step.caption);
      break;
    case StepPart::Times:
      line = to_string(Command(Action{RetimeStoryStep{story.current + 1, step.duration_secs, step.pause_secs,
                                                      step.easing, step.stagger_secs}}));
  }
  state.palette_open = true;
  state.palette.edit.adopt(line);
  // Before the closing quote, where one goes on typing.
  if (part != StepPart::Times) state.palette.edit.move_to(line.size() - 1, false);
}

void draw_story_strip(PanelContext& panel, UiState& state, const Area& area) {
  const UiStory& story = panel.frame.story;
  draw_title(panel, state, area, area.y + panel.dp(20));
  Strip strip{{area.x, area.y + panel.dp(kTop), area.width, panel.dp(kThumbHeight)},
              panel.dp(kThumbWidth + kThumbGap),
              state.story_scroll};
  const int n = static_cast<int>(story.steps.size());
  if (n == 0) {
    panel.paint.text(area.x, strip.area.y + panel.dp(24),
                     "No story yet: record what you do, or type  : auto-story words", kBody,
                     panel.theme().faint);
    return;
  }
  const float content = strip.pitch * static_cast<float>(n) - panel.dp(kThumbGap);
  const float most = std::max(0.0f, content - area.width);
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (mouse.y > area.y && mouse.x > area.x && mouse.x < area.right() && !ImGui::GetIO().KeyCtrl)
    state.story_scroll -= (ImGui::GetIO().MouseWheel + ImGui::GetIO().MouseWheelH) * strip.pitch / 2;
  // The step on show stays in sight when it changes.
  if (story.current != state.story_seen && story.current >= 0 && state.story_drag < 0) {
    const float left = strip.pitch * static_cast<float>(story.current);
    state.story_scroll = std::clamp(state.story_scroll, left + panel.dp(kThumbWidth) - area.width, left);
    state.story_seen = story.current;
  }
  state.story_scroll = std::clamp(state.story_scroll, 0.0f, most);
  strip.scroll = std::round(state.story_scroll);
  panel.paint.list()->PushClipRect({area.x - panel.dp(8), area.y + panel.dp(34)},
                                   {area.right() + panel.dp(8), area.bottom()}, true);
  draw_playhead(panel, strip);
  for (int i = 0; i < n; ++i) draw_step(panel, state, strip, i);
  drag_steps(panel, state, strip);
  panel.paint.list()->PopClipRect();
}

}  // namespace headscope
