#pragma once

#include <memory>

#include "core/types.h"
#include "models/preprocess_image.h"
#include "trace/trace_media.h"

namespace headscope {

/// A picture or a sound, prepared for one model. Immutable; made once and traced as often as the heads or the
/// words beside it change.
struct MediaInput {
  PixelValues pixels;   ///< of a picture
  Matrix features;      ///< of a sound, [n_mels, n_frames]
  TraceMediaPtr shown;  ///< what a person sees of it; null: the model makes it from the numbers
};
using MediaInputPtr = std::shared_ptr<const MediaInput>;

}  // namespace headscope
