#include "models/families/llama_like.h"
#include "models/families/readers.h"

namespace headscope {

Result<FamilyModel> read_phi_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(json, fields,
                               {.activation = "gelu_new",
                                .epsilon_key = "layer_norm_eps",
                                .epsilon = 1e-5,
                                .rotary_share = 0.5,
                                .partial_rotary = true});
  if (!model) return model;
  if (fields.boolean("qk_layernorm", false)) return unsupported_option("'qk_layernorm'");
  TransformerConfig& config = model->config;
  config.norm = NormKind::LayerNorm;
  config.gated = false;
  config.parallel_residual = config.shared_norm = true;
  config.norm_bias = config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = true;
  config.output_bias = true;
  TensorNames& names = model->names;
  names.final_norm = "final_layernorm";
  names.attention_output = "layers.{}.self_attn.dense";
  names.feed_forward_norm.clear();
  names.gate.clear();
  names.up = "layers.{}.mlp.fc1";
  names.down = "layers.{}.mlp.fc2";
  return finish_llama_like(json, fields, 0, std::move(*model));
}

}  // namespace headscope
