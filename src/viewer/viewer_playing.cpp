#include <algorithm>
#include <utility>

#include "document/story_edit.h"
#include "viewer/viewer.h"

namespace headscope {

int Viewer::n_steps() const {
  const CommandContext sizes = context();
  switch (playback_.mode()) {
    case PlayMode::Tokens:
      return sizes.n_tokens;
    case PlayMode::Heads:
      return sizes.n_layers * sizes.n_heads;
    case PlayMode::Layers:
      return sizes.n_layers;
    case PlayMode::Edits:
      return history_.n_states();
    case PlayMode::Story:
      return history_.document().story->n_steps();
  }
  return 0;
}

int Viewer::current_step(Seconds now) const {
  if (playback_.playing()) return playback_.step(now);
  const Selection& selection = shown_.selection;
  const HeadRef head = selection.heads.front();
  switch (playback_.mode()) {
    case PlayMode::Tokens:
      return selection.query.value_or(-1);
    case PlayMode::Heads:
      return head.layer * std::max(1, context().n_heads) + head.head;
    case PlayMode::Layers:
      return head.layer;
    case PlayMode::Edits:
      return history_.cursor();
    case PlayMode::Story:
      return story_step_;
  }
  return -1;
}

std::optional<Action> Viewer::action_of_step(int step) const {
  const CommandContext sizes = context();
  switch (playback_.mode()) {
    case PlayMode::Tokens:
      return SetQuery{step};
    case PlayMode::Heads:
      if (sizes.n_heads > 0) return SelectHead{{step / sizes.n_heads, step % sizes.n_heads}};
      break;
    case PlayMode::Layers: {
      std::vector<HeadRef> heads;
      for (const HeadRef& head : history_.document().selection.heads) heads.push_back({step, head.head});
      return SelectHeads{std::move(heads)};
    }
    case PlayMode::Edits:
    case PlayMode::Story:
      break;
  }
  return std::nullopt;
}

void Viewer::go_to_step(int step, Seconds now) {
  if (step < 0) return;
  if (playback_.mode() == PlayMode::Edits) {
    if (history_.go_to(std::min(step, history_.n_states() - 1))) document_changed(now);
    return;
  }
  const std::optional<Action> action = action_of_step(step);
  if (!action) return;
  Result<Document> next = reduce(history_.document(), *action, context());
  if (!next) return;  // the trace became shorter while the playhead stood behind its end
  std::string name = step_name(history_.document(), *next, *action);
  if (history_.push(std::move(*next), std::move(name), "playhead", now)) document_changed(now);
}

void Viewer::start_playing(Seconds now) {
  if (playback_.mode() == PlayMode::Story) {
    if (!stories_.shown() || !stories_.ready()) {
      if (!history_.document().story->empty()) story_pending_ = kPlayFromHere;
      return;
    }
    const MovingPicture& picture = stories_.shown()->picture;
    const double here = story_time_ ? *story_time_ : story_step_ >= 0 ? story_time_at(story_step_) : 0;
    const bool at_end = here >= picture.arrival_secs(picture.n_moments() - 1);
    return play_story(at_end ? 0 : here, std::nullopt, now);
  }
  leave_story(now);
  playback_.play(current_step(now), n_steps(), now);
  if (!playback_.playing()) return;
  if (playback_.mode() == PlayMode::Edits) go_to_step(playback_.step(now), now);
  refresh(now);
}

void Viewer::stop_playing(Seconds now) {
  stop_story(now);
  if (!playback_.playing()) return;
  const int step = playback_.step(now);
  playback_.pause();
  go_to_step(step, now);
  refresh(now);
}

void Viewer::advance_playing(Seconds now) {
  playback_.set_n_steps(n_steps());
  if (playback_.at_end(now)) return stop_playing(now);
  if (playback_.mode() == PlayMode::Edits) {
    go_to_step(playback_.step(now), now);
  } else {
    refresh(now);
  }
}

std::string Viewer::step_label(int step) const {
  const CommandContext sizes = context();
  switch (playback_.mode()) {
    case PlayMode::Tokens: {
      const TracePtr& trace = shown_trace_;
      if (!trace || step >= trace->n_tokens()) return {};
      return word_of(trace->tokens[static_cast<std::size_t>(step)]);
    }
    case PlayMode::Heads:
      return std::to_string(step / std::max(1, sizes.n_heads)) + "·" +
             std::to_string(step % std::max(1, sizes.n_heads));
    case PlayMode::Layers:
      return std::to_string(step);
    case PlayMode::Edits:
      return step == 0 ? "start" : history_.name(step);
    case PlayMode::Story:
      return step_title(history_.document().story->steps[static_cast<std::size_t>(step)]);
  }
  return {};
}

std::string Viewer::timeline_caption(int step, int n) const {
  const std::string of = std::to_string(step + 1) + " of " + std::to_string(n);
  switch (playback_.mode()) {
    case PlayMode::Tokens: {
      if (step < 0) return "Reading order — " + std::to_string(n) + (n == 1 ? " token" : " tokens");
      const bool back = !shown_trace_ || shown_trace_->causal;
      return "Reading order — step " + of + ": “" + step_label(step) + (back ? "” looks back" : "” looks");
    }
    case PlayMode::Heads:
      return "Heads — " + of + ": head " + step_label(step);
    case PlayMode::Layers:
      return "Layers — " + of;
    case PlayMode::Edits:
      return "Edits — " + of + ": " + step_label(step);
    case PlayMode::Story:
      if (n == 0) return recording_ ? "Recording" : "Story";
      return step < 0 ? "Story — " + std::to_string(n) + (n == 1 ? " step" : " steps")
                      : "Story — " + of + ": " + step_label(step);
  }
  return {};
}

Timeline Viewer::timeline(Seconds now) const {
  Timeline timeline;
  timeline.mode = playback_.mode();
  const int n = n_steps();
  for (int step = 0; step < n; ++step) timeline.steps.push_back(step_label(step));
  timeline.current = std::min(current_step(now), n - 1);
  timeline.caption = timeline_caption(timeline.current, n);
  timeline.playing = playing();
  timeline.position = story_time_       ? story_position(story_seconds(now))
                      : scrub_position_ ? *scrub_position_
                                        : timeline.current;
  timeline.recording = recording_;
  timeline.story = stories_.shown();
  timeline.speed = playback_.speed();
  return timeline;
}

}  // namespace headscope
