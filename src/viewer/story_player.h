#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "compute/trace_source.h"
#include "compute/worker.h"
#include "scene/moving_picture.h"

namespace headscope {

/// A story as it can be shown: every moment computed, laid out and joined. Immutable.
struct ShownStory {
  Shared<Story> story;
  std::vector<Moment> moments;   ///< documents within what is computed for them
  std::vector<TracePtr> traces;  ///< [n_moments]; never null; without tokens where there is none
  MovingPicture picture;
  std::vector<Error> faults;  ///< commands that do not apply, models that are not there; each once
};
using ShownStoryPtr = std::shared_ptr<const ShownStory>;

/// Makes stories ready to be shown, on a thread of its own: playing and scrubbing then only ask for a time.
/// All members belong to one thread.
class StoryPlayer {
 public:
  /// `fonts` is borrowed. `wake` is called on the worker when `poll` has something.
  StoryPlayer(FontLibrary& fonts, TraceSource::Load load, std::function<void()> wake);

  struct Inputs {
    Document document;  ///< with the story
    ModelPtr model;     ///< the document's, when it is loaded already; not compared
    float width = 0, height = 0;
    std::string footer;
  };
  /// Nothing happens when it would be the same. A story without steps is nothing.
  void request(Inputs inputs);
  /// Takes over what is finished; true when `shown` is another one.
  bool poll();
  /// The latest that is ready; null before the first. It may be older than what was requested.
  const ShownStoryPtr& shown() const { return shown_; }
  /// Whether `shown` is what was requested last.
  bool ready() const { return pending_ == 0; }
  void wait();

 private:
  struct State {
    std::mutex mutex;
    std::uint64_t latest = 0, done = 0;
    ShownStoryPtr story;
  };

  FontLibrary& fonts_;
  std::function<void()> wake_;
  std::shared_ptr<TraceSource> traces_;  ///< used on the worker alone once it runs
  std::shared_ptr<State> shared_ = std::make_shared<State>();
  std::optional<Inputs> inputs_;
  std::uint64_t pending_ = 0;
  ShownStoryPtr shown_;
  Worker worker_;
};

}  // namespace headscope
