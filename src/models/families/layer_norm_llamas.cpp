#include "models/families/llama_like.h"
#include "models/families/readers.h"

// Relatives of Llama with LayerNorm in place of RMS norm.
namespace headscope {

Result<FamilyModel> read_stablelm_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(
      json, fields,
      {.epsilon_key = "layer_norm_eps", .epsilon = 1e-5, .rotary_share = 0.25, .partial_rotary = true});
  if (!model) return model;
  TransformerConfig& config = model->config;
  config.norm = NormKind::LayerNorm;
  config.norm_bias = true;
  config.qkv_bias = fields.boolean("use_qkv_bias", false);
  if (fields.boolean("qk_layernorm", false)) return unsupported_option("'qk_layernorm'");
  if (fields.boolean("use_parallel_residual", false)) {
    config.parallel_residual = config.shared_norm = true;
    model->names.feed_forward_norm.clear();
  }
  return finish_llama_like(json, fields, 0, std::move(*model));
}

Result<FamilyModel> read_starcoder2_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(
      json, fields,
      {.activation = "gelu_pytorch_tanh", .epsilon_key = "norm_epsilon", .epsilon = 1e-5, .tied = true});
  if (!model) return model;
  for (const char* key : {"norm_type", "mlp_type"}) {
    const std::string usual = key[0] == 'n' ? "layer_norm" : "default", found = fields.string(key, usual);
    if (found != usual) return unsupported_option(std::string("'") + key + "' other than '" + usual + "'");
  }
  TransformerConfig& config = model->config;
  config.norm = NormKind::LayerNorm;
  config.norm_bias = true;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias =
      fields.boolean("use_bias", true);
  config.gated = false;
  const int window = read_window(json, fields, 0);
  window_from(0, window, config);
  model->names.gate.clear();
  model->names.up = "layers.{}.mlp.c_fc";
  model->names.down = "layers.{}.mlp.c_proj";
  return finish_llama_like(json, fields, window, std::move(*model));
}

}  // namespace headscope
