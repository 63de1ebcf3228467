#pragma once

#include "models/family.h"

namespace headscope {

/// GPT-NeoX (Black et al., 2022), Pythia: partial rotary positions, attention and feed-forward side by side,
/// a fused qkv that goes head by head.
Result<FamilyModel> read_neox_config(const Json& config);

}  // namespace headscope
