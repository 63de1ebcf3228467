#include "export/frames.h"

#include <cassert>
#include <cmath>
#include <cstdio>
#include <string>

namespace headscope {

namespace {

std::string seconds(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g s", value);
  return text;
}

/// Whether two scenes are the same picture: the same morph at the same moment, seen from the same place.
bool same_picture(const Scene& a, const Scene& b) {
  return a.morph && b.morph && a.morph->id == b.morph->id && a.mix == b.mix && a.camera == b.camera &&
         a.pixel_scale == b.pixel_scale && a.dim == b.dim && a.transparent == b.transparent &&
         a.highlighted == b.highlighted;
}

}  // namespace

Result<FrameSpan> frames_in(const FrameRange& range, double duration_secs) {
  if (!(range.fps > 0) || !(range.begin_secs >= 0)) {
    return Error{ErrorCode::InvalidArgument,
                 "frames need a rate above 0 and a start of 0 s or later, found " +
                     std::to_string(range.fps) + " frames/s from " + std::to_string(range.begin_secs) + " s",
                 "Try --fps 60"};
  }
  const double end = range.end_secs < 0 ? duration_secs : range.end_secs;
  if (range.begin_secs > duration_secs || (range.end_secs >= 0 && range.end_secs <= range.begin_secs)) {
    return Error{ErrorCode::InvalidArgument,
                 "the range from " + seconds(range.begin_secs) + " to " + seconds(end) +
                     " has no frame: the animation lasts " + seconds(duration_secs),
                 "Choose a range within it"};
  }
  // A time that is meant to be that of a frame may lie a rounding error beside it.
  constexpr double kSlack = 1e-6, kMost = 1e7;
  const double first = std::ceil(range.begin_secs * range.fps - kSlack);
  const double last = std::max(first + 1, std::ceil(end * range.fps - kSlack));
  if (last - first > kMost || last > 1e9) {
    return Error{ErrorCode::InvalidArgument, "that would be more than ten million frames",
                 "Choose a lower --fps or a shorter --range"};
  }
  return FrameSpan{static_cast<int>(first), static_cast<int>(last)};
}

FrameSpan shard_of(FrameSpan span, Shard shard) {
  assert(shard.count >= 1 && shard.index >= 1 && shard.index <= shard.count);
  const auto cut = [&](int part) {
    return span.begin + static_cast<int>(static_cast<std::int64_t>(span.size()) * part / shard.count);
  };
  return {cut(shard.index - 1), cut(shard.index)};
}

bool is_new_frame(const Animation& animation, double fps, int number) {
  return !same_picture(animation.scene_at(number / fps), animation.scene_at((number - 1) / fps));
}

Result<FramePtr> AnimationFrames::draw(int number) {
  const Scene scene = animation_.scene_at(number / fps_);
  if (last_ && same_picture(scene, last_scene_)) return last_;
  Result<Image> image = renderer_.render_to_image(scene, animation_.options().size);
  if (!image) return image.error();
  last_scene_ = scene;
  last_ = std::make_shared<const Image>(std::move(*image));
  return last_;
}

}  // namespace headscope
