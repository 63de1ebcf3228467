#include "viewer/story_player.h"

#include <algorithm>
#include <utility>

#include "document/shown_trace.h"

namespace headscope {

namespace {

bool look_equal(const StoryPlayer::Inputs& a, const StoryPlayer::Inputs& b) {
  return a.document.story == b.document.story && a.width == b.width && a.height == b.height &&
         a.footer == b.footer;
}

void add_fault(std::vector<Error>& faults, const Error& error) {
  const bool known = std::any_of(faults.begin(), faults.end(),
                                 [&](const Error& fault) { return fault.message == error.message; });
  if (!known) faults.push_back(error);
}

ShownStoryPtr tell(const StoryPlayer::Inputs& inputs, TraceSource& traces, FontLibrary& fonts) {
  ToldStory told = traces.moments(inputs.document);
  auto shown = std::make_shared<ShownStory>();
  shown->story = inputs.document.story;
  for (const Error& fault : told.faults) add_fault(shown->faults, fault);
  const TracePtr nothing = std::make_shared<const AttentionTrace>();
  const TraceOf trace_of = [&](const Document& document) {
    Result<TracePtr> trace = traces.trace(document);
    if (!trace) add_fault(shown->faults, trace.error());
    shown->traces.push_back(trace ? shown_trace(*trace, document) : nothing);
    return trace;
  };
  MovingPicture::Options options;
  options.stage.width = inputs.width;
  options.stage.height = inputs.height;
  options.stage.fonts = &fonts;
  options.stage.footer = inputs.footer;
  options.show_faults = true;
  Result<MovingPicture> picture = MovingPicture::make(told.moments, trace_of, options);
  if (!picture) return nullptr;  // faults are shown, so there is none
  shown->picture = std::move(*picture);
  shown->moments = std::move(told.moments);
  for (std::size_t i = 0; i < shown->moments.size(); ++i) {
    const AttentionTrace& trace = *shown->traces[i];
    if (trace.tokens.empty()) continue;
    Document& document = shown->moments[i].document;
    document = within(document, context_of(trace));
  }
  return shown;
}

}  // namespace

StoryPlayer::StoryPlayer(FontLibrary& fonts, TraceSource::Load load, std::function<void()> wake)
    : fonts_(fonts), wake_(std::move(wake)), traces_(std::make_shared<TraceSource>(std::move(load))) {}

void StoryPlayer::request(Inputs inputs) {
  if (inputs_ && look_equal(*inputs_, inputs)) return;
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    number = ++shared_->latest;
    shared_->story = nullptr;
  }
  inputs_ = inputs;
  pending_ = 0;
  if (inputs.document.story->empty() || inputs.width < 1) {
    shown_ = nullptr;
    return;
  }
  pending_ = number;
  worker_.post([inputs = std::move(inputs), number, shared = shared_, traces = traces_, wake = wake_,
                &fonts = fonts_](std::stop_token stop) {
    {
      const std::lock_guard lock(shared->mutex);
      if (shared->latest != number) return;
    }
    if (inputs.model) traces->know(inputs.document.model, inputs.model);
    traces->stop_on(std::move(stop));
    ShownStoryPtr story = tell(inputs, *traces, fonts);
    {
      const std::lock_guard lock(shared->mutex);
      if (shared->latest != number) return;
      shared->story = std::move(story);
      shared->done = number;
    }
    if (wake) wake();
  });
}

bool StoryPlayer::poll() {
  if (!pending_) return false;
  const std::unique_lock lock(shared_->mutex, std::try_to_lock);
  if (!lock || shared_->done != pending_) return false;
  pending_ = 0;
  shown_ = std::exchange(shared_->story, nullptr);
  return true;
}

void StoryPlayer::wait() {
  if (!pending_) return;
  worker_.drain();
  while (pending_) poll();
}

}  // namespace headscope
