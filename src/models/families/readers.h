#pragma once

#include "models/family.h"

/// One function a family: config.json in, sizes, switches and tensor names out. Errors as
/// Family::read_config.
namespace headscope {

/// Llama 1 to 3 (Touvron et al., 2023): RMS norm first, rotary positions, grouped queries, gated
/// feed-forward.
Result<FamilyModel> read_llama_config(const Json& config);
/// Llama with a sliding window on every layer (Jiang et al., 2023).
Result<FamilyModel> read_mistral_config(const Json& config);
/// Llama with biases on q, k and v; windows on the upper layers when asked for.
Result<FamilyModel> read_qwen2_config(const Json& config);
/// Llama with normalised q and k.
Result<FamilyModel> read_qwen3_config(const Json& config);
/// Llama with norms that store gain - 1 and a scaled embedding.
Result<FamilyModel> read_gemma_config(const Json& config);
/// Gemma with norms on both sides of a block, soft caps, a window on every second layer.
Result<FamilyModel> read_gemma2_config(const Json& config);
/// Gemma 2 with normalised q and k instead of soft caps, and rotary positions of their own in windows.
Result<FamilyModel> read_gemma3_config(const Json& config);
/// Llama with fused q, k, v and fused gate and up; LongRoPE.
Result<FamilyModel> read_phi3_config(const Json& config);
/// Llama with norms behind each block's halves, and q and k normalised across heads.
Result<FamilyModel> read_olmo2_config(const Json& config);
/// Llama with LayerNorm and partly rotary heads.
Result<FamilyModel> read_stablelm_config(const Json& config);
/// Llama with LayerNorm, biases and a plain feed-forward.
Result<FamilyModel> read_starcoder2_config(const Json& config);
/// Phi 1 and 2: attention and feed-forward side by side behind one LayerNorm, partly rotary heads.
Result<FamilyModel> read_phi_config(const Json& config);
/// GPT-J: as Phi, neighbouring features turn together.
Result<FamilyModel> read_gptj_config(const Json& config);
/// GPT-Neo: as GPT-2 without a scale of the scores, every second layer with a window.
Result<FamilyModel> read_gpt_neo_config(const Json& config);
/// OPT (Zhang et al., 2022): as GPT-2 with ReLU; positions start at row 2.
Result<FamilyModel> read_opt_config(const Json& config);
/// BLOOM (Le Scao et al., 2022): ALiBi, a normalised embedding.
Result<FamilyModel> read_bloom_config(const Json& config);
/// Falcon: few keys for many queries in one fused tensor, attention and feed-forward side by side.
Result<FamilyModel> read_falcon_config(const Json& config);

}  // namespace headscope
