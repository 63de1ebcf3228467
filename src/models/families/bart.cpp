#include "models/families/bart.h"

#include "models/families/bart_like.h"

namespace headscope {

TensorNames bart_names(const std::string& half) {
  const std::string layer = half + ".layers.{}.";
  TensorNames names;
  names.prefix = "model.";
  names.token_embedding = "shared";
  names.token_embedding_copies = {"encoder.embed_tokens", "decoder.embed_tokens"};
  names.position_embedding = half + ".embed_positions";
  names.embedding_norm = half + ".layernorm_embedding";
  names.qkv = {layer + "self_attn.q_proj", layer + "self_attn.k_proj", layer + "self_attn.v_proj"};
  names.attention_output = layer + "self_attn.out_proj";
  names.attention_norm = layer + "self_attn_layer_norm";
  names.up = layer + "fc1";
  names.down = layer + "fc2";
  names.feed_forward_norm = layer + "final_layer_norm";
  names.final_norm = half + ".layer_norm";
  if (half == "decoder") {
    const std::string cross = layer + "encoder_attn";
    names.cross = {cross + ".q_proj", cross + ".k_proj", cross + ".v_proj"};
    names.cross_output = cross + ".out_proj";
    names.cross_norm = cross + "_layer_norm";
  }
  return names;
}

Result<FamilyModel> read_bart_config(const Json& json) {
  return read_bart_like(json, {});
}

Result<FamilyModel> read_mbart_config(const Json& json) {
  return read_bart_like(json, {.norms = NormPlacement::Pre});
}

Result<FamilyModel> read_marian_config(const Json& json) {
  return read_bart_like(json, {.embedding_norm = false, .position = PositionKind::Sinusoidal});
}

Result<FamilyModel> read_pegasus_config(const Json& json) {
  return read_bart_like(
      json, {.norms = NormPlacement::Pre, .embedding_norm = false, .position = PositionKind::Sinusoidal});
}

}  // namespace headscope
