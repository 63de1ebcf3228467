#include "models/families/llama_like.h"
#include "models/families/readers.h"

namespace headscope {
namespace {

/// Qwen windows the layers from max_window_layers on, when asked to.
int read_upper_windows(const Json& json, JsonFields& fields, TransformerConfig& into) {
  const int window = read_window(json, fields, 4096);
  const int first = static_cast<int>(fields.integer("max_window_layers", 0, kMaxLayers, 28));
  if (!fields.boolean("use_sliding_window", false)) return 0;
  window_from(first, window, into);
  return window;
}

}  // namespace

Result<FamilyModel> read_qwen2_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(json, fields, {});
  if (!model) return model;
  const int window = read_upper_windows(json, fields, model->config);
  model->config.qkv_bias = true;
  return finish_llama_like(json, fields, window, std::move(*model));
}

Result<FamilyModel> read_qwen3_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(json, fields, {.head_dim = 128});
  if (!model) return model;
  const int window = read_upper_windows(json, fields, model->config);
  model->config.qkv_bias = model->config.attention_output_bias = fields.boolean("attention_bias", false);
  model->config.qk_norm = true;
  model->names.query_norm = "layers.{}.self_attn.q_norm";
  model->names.key_norm = "layers.{}.self_attn.k_norm";
  return finish_llama_like(json, fields, window, std::move(*model));
}

}  // namespace headscope
