#pragma once

#include "models/family.h"

namespace headscope {

/// GPT-2 (Radford et al., 2019): learned positions, LayerNorm first, one fused qkv, weights stored [n_in,
/// n_out].
Result<FamilyModel> read_gpt2_config(const Json& config);

}  // namespace headscope
