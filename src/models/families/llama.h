#pragma once

#include "models/family.h"

namespace headscope {

/// Llama (Touvron et al., 2023) and those that differ from it by switches: RMS norm first, rotary positions,
/// grouped queries, gated feed-forward.
Result<FamilyModel> read_llama_config(const Json& config);
/// Llama with a sliding window on every layer (Jiang et al., 2023).
Result<FamilyModel> read_mistral_config(const Json& config);
/// Llama with biases on q, k and v.
Result<FamilyModel> read_qwen2_config(const Json& config);
/// Llama with normalised q and k.
Result<FamilyModel> read_qwen3_config(const Json& config);
/// Norms on both sides of a block that store gain - 1, soft caps, a window on every second layer, a scaled
/// embedding.
Result<FamilyModel> read_gemma2_config(const Json& config);

}  // namespace headscope
