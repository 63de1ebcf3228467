#include "viewer/safety_copy.h"

#include <cassert>
#include <utility>

namespace headscope {

SafetyCopy::SafetyCopy(const std::filesystem::path& folder) {
  if (folder.empty()) return;
  left_ = Autosave::take_left(folder);
  Result<Autosave> autosave = Autosave::start(folder);
  if (!autosave) {
    report_->error = autosave.error();
    return;
  }
  autosave_ = std::move(*autosave);
  path_ = autosave_->path();
}

SafetyCopy::~SafetyCopy() {
  worker_.drain();
  if (autosave_ && !left_behind_) autosave_->finish();
}

void SafetyCopy::leave_behind(Seconds now) {
  update(now + kSafetyDelay);
  left_behind_ = has_copy_;
}

void SafetyCopy::changed(const Document& document, bool saved, Seconds now) {
  if (!autosave_) return;
  // The first change of a series counts: a copy must not wait for a pause in typing.
  if (!waiting_) waiting_since_ = now;
  waiting_ = document;
  waiting_saved_ = saved;
}

std::optional<Seconds> SafetyCopy::update(Seconds now) {
  if (!waiting_) return std::nullopt;
  const Seconds due = waiting_since_ + kSafetyDelay;
  if (now < due) return due;
  if (waiting_saved_) {
    if (has_copy_) worker_.post([this](std::stop_token) { autosave_->discard_copy(); });
    has_copy_ = false;
  } else {
    worker_.post([this, document = std::move(*waiting_)](std::stop_token) {
      if (Status status = autosave_->write(document); !status) {
        const std::lock_guard lock(report_->mutex);
        report_->error = status.error();
      }
    });
    has_copy_ = true;
  }
  waiting_.reset();
  return std::nullopt;
}

std::optional<Error> SafetyCopy::take_error() {
  const std::unique_lock lock(report_->mutex, std::try_to_lock);
  return lock ? std::exchange(report_->error, std::nullopt) : std::nullopt;
}

void SafetyCopy::answer_offer() {
  assert(!left_.empty());
  Autosave::discard(left_.front());
  left_.erase(left_.begin());
}

}  // namespace headscope
