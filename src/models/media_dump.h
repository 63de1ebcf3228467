#pragma once

#include "base/result.h"
#include "io/safetensors.h"
#include "models/media_input.h"

namespace headscope {

/// What a file of inputs holds for a model that looks or listens: pixel_values [channels, height, width] or
/// input_features [n_mels, n_frames]; null when it has neither. Errors: Corrupt (another shape, a number that
/// is not finite); Unsupported (both).
Result<MediaInputPtr> read_media_tensors(const SafetensorsFile& file);

}  // namespace headscope
