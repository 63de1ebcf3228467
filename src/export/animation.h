#pragma once

#include <span>

#include "base/result.h"
#include "export/picture_options.h"
#include "scene/moving_picture.h"

namespace headscope {

/// A moving picture (scene/moving_picture.h) with what files need to know: their size and ground.
class Animation {
 public:
  /// Computes, lays out and pairs all moments. Errors: those of `trace_of`. REQUIRES: at least one moment.
  static Result<Animation> make(std::span<const Moment> moments, const TraceOf& trace_of, FontLibrary& fonts,
                                const PictureOptions& options);

  double duration_secs() const { return picture_.duration_secs(); }
  /// The picture at `time_secs`; before 0 the first, after the end the last one.
  Scene scene_at(double time_secs) const;
  const MovingPicture& picture() const { return picture_; }
  const PictureOptions& options() const { return options_; }

 private:
  MovingPicture picture_;
  PictureOptions options_;
};

}  // namespace headscope
