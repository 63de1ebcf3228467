#include "models/families/llama_like.h"
#include "models/families/readers.h"

namespace headscope {

Result<FamilyModel> read_llama_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(json, fields, {});
  if (!model) return model;
  const bool attention_bias = fields.boolean("attention_bias", false);
  model->config.qkv_bias = model->config.attention_output_bias = attention_bias;
  model->config.feed_forward_bias = fields.boolean("mlp_bias", false);
  return finish_llama_like(json, fields, 0, std::move(*model));
}

Result<FamilyModel> read_mistral_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(json, fields, {});
  if (!model) return model;
  const int window = read_window(json, fields, 4096);
  window_from(0, window, model->config);
  return finish_llama_like(json, fields, window, std::move(*model));
}

Result<FamilyModel> read_phi3_config(const Json& json) {
  JsonFields fields(json, "config.json");
  // Its own first code gave 'yarn' another formula than the shared one.
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const Json& rope = fields.child(key);
    if (!rope.is_object()) continue;
    for (const char* type : {"type", "rope_type"}) {
      if (rope.value(type, Json()) == "yarn")
        return unsupported_option("'" + std::string(key) + "' of type 'yarn'");
    }
  }
  auto model = read_llama_like(json, fields, {.epsilon = 1e-5, .partial_rotary = true});
  if (!model) return model;
  const int window = read_window(json, fields, 0);
  window_from(0, window, model->config);
  model->names.qkv = {"layers.{}.self_attn.qkv_proj"};
  model->names.gate.clear();
  model->names.up = "layers.{}.mlp.gate_up_proj";
  return finish_llama_like(json, fields, window, std::move(*model));
}

Result<FamilyModel> read_olmo2_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(json, fields, {.epsilon = 1e-5});
  if (!model) return model;
  TransformerConfig& config = model->config;
  config.qkv_bias = config.attention_output_bias = fields.boolean("attention_bias", false);
  config.norm_placement = NormPlacement::Output;
  config.qk_norm_across = true;
  TensorNames& names = model->names;
  names.attention_norm.clear();
  names.attention_post_norm = "layers.{}.post_attention_layernorm";
  names.feed_forward_norm.clear();
  names.feed_forward_post_norm = "layers.{}.post_feedforward_layernorm";
  names.query_norm = "layers.{}.self_attn.q_norm";
  names.key_norm = "layers.{}.self_attn.k_norm";
  return finish_llama_like(json, fields, 0, std::move(*model));
}

}  // namespace headscope
