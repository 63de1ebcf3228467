#include <algorithm>
#include <cmath>
#include <utility>

#include "document/story_edit.h"
#include "scene/morph.h"
#include "viewer/viewer.h"

namespace headscope {

namespace {

/// The step that an action leaves on show, from 0; `step` was before.
int step_after(const Action& action, int step, int n_steps) {
  if (const auto* move = std::get_if<MoveStoryStep>(&action)) return move->to - 1;
  if (const auto* shift = std::get_if<ShiftStoryStep>(&action))
    return std::clamp(shift->step - 1 + shift->by, 0, std::max(0, n_steps - 1));
  if (const auto* copied = std::get_if<DuplicateStoryStep>(&action)) return copied->step;
  if (is_one_of<AddStoryStep>(action)) return n_steps - 1;
  if (is_one_of<AutoStory, StartStory>(action)) return 0;
  return std::min(step, n_steps - 1);
}

}  // namespace

// ---- Time ----

double Viewer::story_seconds(Seconds now) const {
  if (!story_playing_) return *story_time_;
  const double end = story_until_.value_or(stories_.shown()->picture.duration_secs());
  return std::min(end, *story_time_ + std::max(0.0, now - story_began_) * double{playback_.speed()});
}

double Viewer::story_position(double time) const {
  const MovingPicture& picture = stories_.shown()->picture;
  const int moment = picture.moment_of(time);
  const double length = picture.arrival_secs(moment) - picture.begin_secs(moment);
  const double since = time - picture.begin_secs(moment);
  return length > 0 && since < length ? moment - 1 + since / length : moment;
}

double Viewer::story_time_at(double position) const {
  const MovingPicture& picture = stories_.shown()->picture;
  const int last = picture.n_moments() - 1;
  const double inside = std::clamp(position, 0.0, static_cast<double>(last));
  const int from = static_cast<int>(std::floor(inside));
  const double part = inside - from;
  if (part <= 0 || from >= last) return picture.arrival_secs(from);
  return picture.begin_secs(from + 1) +
         part * (picture.arrival_secs(from + 1) - picture.begin_secs(from + 1));
}

// ---- Showing ----

void Viewer::show_story(double position, Seconds now) {
  if (!stories_.shown() || !stories_.ready()) {
    story_pending_ = std::max(0.0, position);
    return;
  }
  story_playing_ = false;
  story_time_ = story_time_at(position);
  camera_.fit();
  go_to_story_step(static_cast<int>(std::lround(story_position(*story_time_))), now);
}

void Viewer::play_story(double from_secs, std::optional<double> until_secs, Seconds now) {
  story_time_ = from_secs;
  story_until_ = until_secs;
  story_began_ = now;
  story_playing_ = true;
  camera_.fit();
  follow_story(now);
}

void Viewer::stop_story(Seconds now) {
  story_pending_.reset();
  if (!story_playing_) return;
  const double time = story_seconds(now);
  story_playing_ = false;
  story_time_ = time;
  go_to_story_step(stories_.shown()->picture.moment_of(time), now);
}

void Viewer::leave_story(Seconds now) {
  stop_story(now);
  if (!story_time_) return;
  const Scene picture = scene(now);
  story_time_.reset();
  story_trace_.reset();
  transition_.hold(picture.morph, picture.mix);
  inputs_.reset();  // what was on screen before the story is there no longer
  const MovingPicture& told = stories_.shown()->picture;
  if (shown_trace_ && shown_trace_->text == history_.document().text)
    identities_ = std::make_shared<const TraceIdentities>(told.identities_of(std::max(0, story_step_)));
}

void Viewer::advance_story(Seconds now) {
  const double end = story_until_.value_or(stories_.shown()->picture.duration_secs());
  follow_story(now);
  if (story_seconds(now) >= end) stop_story(now);
}

Seconds Viewer::next_story_change(Seconds now) const {
  const MovingPicture& picture = stories_.shown()->picture;
  const double time = story_seconds(now), speed = double{playback_.speed()};
  const int moment = picture.moment_of(time);
  if (time < picture.arrival_secs(moment)) return now;  // it moves
  const double next =
      moment + 1 < picture.n_moments() ? picture.begin_secs(moment + 1) : picture.duration_secs();
  return now + std::max(0.0, std::min(next, story_until_.value_or(next)) - time) / speed;
}

void Viewer::follow_story(Seconds now) {
  const ShownStory& story = *stories_.shown();
  const auto moment = static_cast<std::size_t>(story.picture.moment_of(story_seconds(now)));
  // While another story is being made, the step on show is one of that.
  if (story_playing_ || stories_.ready()) story_step_ = static_cast<int>(moment);
  story_trace_ = story.traces[moment];
  shown_ = story.moments[moment].document;
  shown_.story = history_.document().story;
  picker_.reset();
  changed_ = true;
}

void Viewer::go_to_story_step(int step, Seconds now) {
  const ShownStory& story = *stories_.shown();
  story_step_ = std::clamp(step, 0, static_cast<int>(story.moments.size()) - 1);
  const StoryStep& known = story.story->steps[static_cast<std::size_t>(story_step_)];
  Document next = history_.document();
  next.state() = story.moments[static_cast<std::size_t>(story_step_)].document.state();
  const bool changed = !story_burst_.empty();
  const std::string name = changed ? story_change_ : "story: " + step_title(known);
  if (history_.push(std::move(next), name, changed ? story_burst_ : "playhead", now)) document_changed(now);
  if (story_time_) follow_story(now);
}

void Viewer::step_story(int by, Seconds now) {
  const ShownStoryPtr& story = stories_.shown();
  if (!story || !stories_.ready()) return;
  const int last = story->picture.n_moments() - 1;
  const int to = std::clamp(story_step_ + by, 0, last);
  if (story_playing_) stop_story(now);
  if (by > 0 && to == story_step_ + 1 && to > 0 && !settings_.reduce_motion) {
    const double arrival = story->picture.arrival_secs(to);
    // From where it is, unless that is elsewhere.
    const double from = story_time_ && *story_time_ > story->picture.begin_secs(to) && *story_time_ < arrival
                            ? *story_time_
                            : story->picture.begin_secs(to);
    return play_story(from, arrival, now);
  }
  // Back: the ordinary transition, since the story has none in this direction.
  leave_story(now);
  go_to_story_step(to, now);
  refresh(now);
}

void Viewer::accept_story(Seconds now) {
  const ShownStoryPtr& story = stories_.shown();
  changed_ = true;
  if (!story) {
    if (story_time_) leave_story(now);
    return;
  }
  for (const Error& fault : story->faults) {
    if (std::find(told_faults_.begin(), told_faults_.end(), fault.message) != told_faults_.end()) continue;
    told_faults_.push_back(fault.message);
    errors_.push_back(fault);
  }
  if (const auto pending = std::exchange(story_pending_, std::nullopt)) {
    if (*pending == kPlayFromHere) return start_playing(now);
    show_story(*pending, now);
    story_burst_.clear();
    return;
  }
  if (!story_time_) return;
  if (story_playing_) return follow_story(now);
  story_time_ = story_time_at(static_cast<double>(std::max(0, story_step_)));
  go_to_story_step(story_step_, now);
  story_burst_.clear();
}

// ---- Commands ----

Status Viewer::do_story_action(Action action, Seconds now) {
  stop_story(now);
  if (int* step = story_step_of(action); step && *step == 0 && story_step_ >= 0) *step = story_step_ + 1;
  Result<Document> next = reduce(history_.document(), action, context());
  if (!next) return next.error();
  // The line below the picture that is on show changes with its step.
  if (const auto* caption = std::get_if<CaptionStoryStep>(&action);
      caption && caption->step == story_step_ + 1)
    next->caption = caption->caption;
  story_burst_ = burst_of(action);
  if (story_burst_.empty()) story_burst_ = "story " + std::to_string(++n_story_changes_);
  const Document base = history_.burst_base(story_burst_, now);
  const bool gone = next->story->empty();
  story_step_ = gone ? -1 : step_after(action, story_step_, next->story->n_steps());
  story_change_ = step_name(base, *next, action);
  if (gone && story_time_) leave_story(now);
  if (history_.push(std::move(*next), story_change_, story_burst_, now)) document_changed(now);
  if (is_one_of<AutoStory, AddStoryStep>(action) && !recording_) {
    playback_.pause();
    playback_.set_mode(PlayMode::Story);
    show_story(story_step_, now);
  }
  if (!story_time_ && !story_pending_) story_burst_.clear();  // no picture follows
  return {};
}

Status Viewer::start_recording(bool on, Seconds now) {
  if (recording_ == on) return {};
  if (playing()) stop_playing(now);
  recording_ = on;
  if (!on) {
    playback_.set_mode(PlayMode::Story);
    return {};
  }
  if (playback_.mode() == PlayMode::Story) playback_.set_mode(PlayMode::Tokens);
  // It goes on where the story ends.
  const ShownStoryPtr& story = stories_.shown();
  if (!history_.document().story->empty()) {
    leave_story(now);
    if (story && stories_.ready()) go_to_story_step(story->picture.n_moments() - 1, now);
    refresh(now);
    return {};
  }
  return do_story_action(StartStory{}, now);
}

Status Viewer::do_story_control(const Control& control, Seconds now, bool& done) {
  if (const auto* record = std::get_if<Record>(&control)) {
    done = true;
    return start_recording(resolve(record->record, recording_), now);
  }
  if (!std::holds_alternative<StoryFromHistory>(control)) return {};
  done = true;
  if (playing()) stop_playing(now);
  std::vector<DocumentState> states;
  for (int i = 0; i <= history_.cursor(); ++i) states.push_back(history_.state(i).state());
  Document next = history_.document();
  next.story = story_through(states);
  story_step_ = next.story->n_steps() - 1;
  if (history_.push(std::move(next), "story of the edits", "", now)) document_changed(now);
  playback_.set_mode(PlayMode::Story);
  show_story(story_step_, now);
  return {};
}

// ---- Scrubbing ----

void Viewer::seek(double position, Seconds now) {
  if (playing()) stop_playing(now);
  const double last = n_steps() - 1;
  position = std::min(position, last);
  if (last < 0) return;
  if (playback_.mode() == PlayMode::Story) return show_story(position, now);
  if (!scrub(position, now)) go_to_step(static_cast<int>(std::lround(position)), now);
}

/// Shows what lies between two steps. False: it is a step, or its pictures are too large to be made at once.
bool Viewer::scrub(double position, Seconds now) {
  constexpr double kNear = 0.02, kMostCost = 20'000;
  const bool between = std::abs(position - std::round(position)) > kNear;
  if (!between || playback_.mode() == PlayMode::Edits || settings_.reduce_motion || !shown_trace_ ||
      width_ <= 0)
    return false;
  const int from = static_cast<int>(std::floor(position));
  const auto inputs_of = [&](int step) {
    return layout_inputs(within(played(history_.document(), step), context()));
  };
  const LayoutInputs a = inputs_of(from), b = inputs_of(from + 1);
  if (layout_cost(a) > kMostCost || layout_cost(b) > kMostCost) return false;
  if (!scrub_position_ || scrub_from_ != from) {
    const LayoutPtr first = layouts_.make(a), second = layouts_.make(b);
    scrub_morph_ = make_morph(first, second, {.stagger = 0});
    scrub_from_ = from;
  }
  go_to_step(static_cast<int>(std::lround(position)), now);
  transition_.hold(scrub_morph_, mix_of(Easing::Linear, static_cast<float>(position - from)));
  scrub_position_ = position;
  picker_.reset();
  changed_ = true;
  return true;
}

void Viewer::hold(bool held, Seconds now) {
  history_.hold(held || writing());
  if (held || !scrub_position_) return;
  // Let go between two steps: the nearer one comes.
  scrub_position_.reset();
  scrub_morph_.reset();
  inputs_.reset();
  refresh(now);
}

}  // namespace headscope
