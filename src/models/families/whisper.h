#pragma once

#include "models/family.h"

namespace headscope {

/// WhisperForConditionalGeneration and WhisperModel (Radford et al. 2022).
Result<FamilyModel> read_whisper_config(const Json& config);

}  // namespace headscope
