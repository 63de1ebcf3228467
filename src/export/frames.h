#pragma once

#include <functional>
#include <memory>

#include "base/result.h"
#include "export/animation.h"
#include "render/renderer.h"

/// The frames of an animation by number: frame 0 is at 0 s, frame k at k / fps, whichever part is exported,
/// so that a frame is the same file alone, in a range and in a shard.
namespace headscope {

struct FrameRange {
  double begin_secs = 0;
  double end_secs = -1;  ///< below 0: the end of the animation
  double fps = 60;
};

/// Frames begin … end - 1.
struct FrameSpan {
  int begin = 0, end = 0;
  int size() const { return end - begin; }
  friend bool operator==(const FrameSpan&, const FrameSpan&) = default;
};

/// The frames whose times lie in the range, at least one. Errors: InvalidArgument (a rate or a start that
/// makes no sense, a range beyond the end, more than ten million frames).
Result<FrameSpan> frames_in(const FrameRange& range, double duration_secs);

/// One part of a job that is spread over machines: number `index` of `count`, from 1 on.
struct Shard {
  int index = 1, count = 1;
};
/// The shard's frames: parts that lie one after another and differ by at most one frame.
FrameSpan shard_of(FrameSpan span, Shard shard);

using FramePtr = std::shared_ptr<const Image>;
/// Draws the frame with this number. The pointer of the call before means: nothing has moved.
using FrameSource = std::function<Result<FramePtr>(int number)>;

/// Told after each frame that is finished.
using ExportProgress = std::function<void(int done, int count)>;

/// Whether frame `number` differs from the one before it.
bool is_new_frame(const Animation& animation, double fps, int number);

/// Draws an animation. A picture that stands still is drawn once. Used on one thread, the renderer's; what it
/// borrows outlives it.
class AnimationFrames {
 public:
  AnimationFrames(const Animation& animation, double fps, Renderer& renderer)
      : animation_(animation), fps_(fps), renderer_(renderer) {}
  Result<FramePtr> draw(int number);

 private:
  const Animation& animation_;
  double fps_;
  Renderer& renderer_;
  Scene last_scene_;
  FramePtr last_;
};

}  // namespace headscope
