#include "models/families/llama.h"

#include "models/config_fields.h"

namespace headscope {
namespace {

TensorNames llama_names() {
  TensorNames names;
  names.prefix = "model.";
  names.token_embedding = "embed_tokens";
  names.final_norm = "norm";
  names.output = "lm_head";
  names.attention_norm = "layers.{}.input_layernorm";
  names.qkv = {"layers.{}.self_attn.q_proj", "layers.{}.self_attn.k_proj", "layers.{}.self_attn.v_proj"};
  names.attention_output = "layers.{}.self_attn.o_proj";
  names.feed_forward_norm = "layers.{}.post_attention_layernorm";
  names.gate = "layers.{}.mlp.gate_proj";
  names.up = "layers.{}.mlp.up_proj";
  names.down = "layers.{}.mlp.down_proj";
  names.constants = {".self_attn.rotary_emb.inv_freq"};
  return names;
}

/// What every relative of Llama writes alike. `tied` is what the family assumes when the file says nothing.
Result<FamilyModel> read_relative(const Json& json, JsonFields& fields, const char* activation_key,
                                  bool tied) {
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("num_hidden_layers", 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer("num_attention_heads", 1, kMaxHeads));
  // Files from before grouped queries name none; each family's own default differs, but the shapes tell them
  // apart.
  config.n_kv_heads = static_cast<int>(fields.integer("num_key_value_heads", 1, kMaxHeads, config.n_heads));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth));
  config.head_dim = static_cast<int>(
      fields.integer("head_dim", 1, kMaxWidth, config.n_heads > 0 ? config.d_model / config.n_heads : 0));
  config.d_feed_forward = static_cast<int>(fields.integer("intermediate_size", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, kMaxPositions));
  config.norm_epsilon = static_cast<float>(fields.number("rms_norm_eps", 0, 1, 1e-6));
  config.tied_output = fields.boolean("tie_word_embeddings", tied);
  const std::string activation = fields.string(activation_key, "silu");
  const auto rotary = read_rotary(json, {10000, 1});
  if (!fields.status()) return fields.status().error();
  if (!rotary) return rotary.error();
  if (rotary->share != 1) return unsupported_option("'partial_rotary_factor' other than 1");
  auto known = activation_from_name(activation);
  if (!known) return known.error();

  config.activation = *known;
  config.norm = NormKind::RmsNorm;
  config.gated = true;
  config.position = PositionKind::Rotary;
  config.rotary_base = rotary->base;
  config.n_rotary = config.head_dim;
  config.score_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  return FamilyModel{config, llama_names()};
}

/// A file that does not name the field means the family's default; null means that there is none (0).
template <class Number>
Number absent_or_null(const Json& json, const char* key, Number if_absent) {
  return json.contains(key) ? Number{0} : if_absent;
}

int read_window(const Json& json, JsonFields& fields) {
  return static_cast<int>(
      fields.integer("sliding_window", 1, kMaxPositions, absent_or_null(json, "sliding_window", 4096)));
}

float read_cap(const Json& json, JsonFields& fields, const char* key, double if_absent) {
  return static_cast<float>(fields.number(key, 1e-3, 1e6, absent_or_null(json, key, if_absent)));
}

/// Finishes a reader: faults that its own fields met, then the list of layer types.
Result<FamilyModel> finish(const Json& json, JsonFields& fields, int window, FamilyModel model) {
  if (!fields.status()) return fields.status().error();
  if (Status types = read_layer_types(json, window, model.config); !types) return types.error();
  return model;
}

/// Qwen windows its upper layers when asked to; no reference for that is at hand, so it is refused.
Status refuse_qwen_window(JsonFields& fields) {
  if (fields.boolean("use_sliding_window", false)) return unsupported_option("'use_sliding_window'");
  return {};
}

}  // namespace

Result<FamilyModel> read_llama_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_relative(json, fields, "hidden_act", false);
  if (!model) return model;
  const bool attention_bias = fields.boolean("attention_bias", false);
  model->config.qkv_bias = model->config.attention_output_bias = attention_bias;
  model->config.feed_forward_bias = fields.boolean("mlp_bias", false);
  return finish(json, fields, 0, std::move(*model));
}

Result<FamilyModel> read_mistral_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_relative(json, fields, "hidden_act", false);
  if (!model) return model;
  const int window = read_window(json, fields);
  if (window > 0) model->config.windows.assign(static_cast<std::size_t>(model->config.n_layers), window);
  return finish(json, fields, window, std::move(*model));
}

Result<FamilyModel> read_qwen2_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_relative(json, fields, "hidden_act", false);
  if (!model) return model;
  if (Status window = refuse_qwen_window(fields); !window) return window.error();
  model->config.qkv_bias = true;
  return finish(json, fields, 0, std::move(*model));
}

Result<FamilyModel> read_qwen3_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_relative(json, fields, "hidden_act", false);
  if (!model) return model;
  if (Status window = refuse_qwen_window(fields); !window) return window.error();
  model->config.qkv_bias = model->config.attention_output_bias = fields.boolean("attention_bias", false);
  model->config.qk_norm = true;
  model->names.query_norm = "layers.{}.self_attn.q_norm";
  model->names.key_norm = "layers.{}.self_attn.k_norm";
  return finish(json, fields, 0, std::move(*model));
}

Result<FamilyModel> read_gemma2_config(const Json& json) {
  JsonFields fields(json, "config.json");
  // 'hidden_activation' is what the model uses; some files carry an older 'hidden_act' that it ignores.
  auto model = read_relative(json, fields, "hidden_activation", true);
  if (!model) return model;
  TransformerConfig& config = model->config;
  if (!fields.has("hidden_activation")) config.activation = Activation::GeluTanh;
  config.qkv_bias = config.attention_output_bias = fields.boolean("attention_bias", false);
  config.score_scale =
      1.0f / std::sqrt(static_cast<float>(fields.number("query_pre_attn_scalar", 1e-3, 1e6, 256)));
  config.score_soft_cap = read_cap(json, fields, "attn_logit_softcapping", 50);
  config.logit_soft_cap = read_cap(json, fields, "final_logit_softcapping", 30);
  const int window = read_window(json, fields);
  config.windows.assign(static_cast<std::size_t>(config.n_layers), 0);
  for (std::size_t layer = 0; layer < config.windows.size(); layer += 2) config.windows[layer] = window;
  config.gain_offset = GainOffset::One;
  config.norm_placement = NormPlacement::Sandwich;
  config.embedding_scale = std::sqrt(static_cast<float>(config.d_model));

  TensorNames& names = model->names;
  names.attention_post_norm = "layers.{}.post_attention_layernorm";
  names.feed_forward_norm = "layers.{}.pre_feedforward_layernorm";
  names.feed_forward_post_norm = "layers.{}.post_feedforward_layernorm";
  return finish(json, fields, window, std::move(*model));
}

}  // namespace headscope
