#include "models/families/llama_like.h"
#include "models/families/readers.h"

namespace headscope {
namespace {

/// 'hidden_activation' is what the models use; some files carry an older 'hidden_act' that they ignore.
const LlamaLike kGemma{
    .activation_key = "hidden_activation", .activation = "gelu_pytorch_tanh", .tied = true, .head_dim = 256};

float read_cap(const Json& json, JsonFields& fields, const char* key, double if_absent) {
  return static_cast<float>(fields.number(key, 1e-3, 1e6, json.contains(key) ? 0 : if_absent));
}

/// What every Gemma has.
void apply_gemma(JsonFields& fields, TransformerConfig& config) {
  config.qkv_bias = config.attention_output_bias = fields.boolean("attention_bias", false);
  config.gain_offset = GainOffset::One;
  config.embedding_scale = std::sqrt(static_cast<float>(config.d_model));
}

void apply_sandwich(JsonFields& fields, FamilyModel& model) {
  model.config.norm_placement = NormPlacement::Sandwich;
  model.config.score_scale =
      1.0f / std::sqrt(static_cast<float>(fields.number("query_pre_attn_scalar", 1e-3, 1e6, 256)));
  model.names.attention_post_norm = "layers.{}.post_attention_layernorm";
  model.names.feed_forward_norm = "layers.{}.pre_feedforward_layernorm";
  model.names.feed_forward_post_norm = "layers.{}.post_feedforward_layernorm";
}

}  // namespace

Result<FamilyModel> read_gemma_config(const Json& json) {
  JsonFields fields(json, "config.json");
  if (!fields.has("hidden_activation")) {
    // Some versions of the published code go by 'hidden_act' then, others take the tanh form all the same.
    const auto named = activation_from_name(fields.string("hidden_act", "gelu_pytorch_tanh"));
    if (!named || *named != Activation::GeluTanh) {
      return unsupported_option("a 'hidden_act' other than 'gelu_pytorch_tanh' without 'hidden_activation'");
    }
  }
  auto model = read_llama_like(json, fields, kGemma);
  if (!model) return model;
  apply_gemma(fields, model->config);
  return finish_llama_like(json, fields, 0, std::move(*model));
}

Result<FamilyModel> read_gemma2_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_llama_like(json, fields, kGemma);
  if (!model) return model;
  TransformerConfig& config = model->config;
  apply_gemma(fields, config);
  apply_sandwich(fields, *model);
  config.score_soft_cap = read_cap(json, fields, "attn_logit_softcapping", 50);
  config.logit_soft_cap = read_cap(json, fields, "final_logit_softcapping", 30);
  const int window = read_window(json, fields, 4096);
  config.windows.assign(static_cast<std::size_t>(config.n_layers), 0);
  for (std::size_t layer = 0; layer < config.windows.size(); layer += 2) config.windows[layer] = window;
  return finish_llama_like(json, fields, window, std::move(*model));
}

Result<FamilyModel> read_gemma3_config(const Json& json) {
  JsonFields fields(json, "config.json");
  LlamaLike family = kGemma;
  family.rotary_base = 1e6;
  family.rotary_layers = "full_attention";
  auto model = read_llama_like(json, fields, family);
  if (!model) return model;
  TransformerConfig& config = model->config;
  apply_gemma(fields, config);
  apply_sandwich(fields, *model);
  config.score_soft_cap = read_cap(json, fields, "attn_logit_softcapping", 0);
  config.logit_soft_cap = read_cap(json, fields, "final_logit_softcapping", 0);
  config.qk_norm = true;
  model->names.query_norm = "layers.{}.self_attn.q_norm";
  model->names.key_norm = "layers.{}.self_attn.k_norm";
  if (fields.boolean("use_bidirectional_attention", false)) {
    return unsupported_option("'use_bidirectional_attention'");
  }

  config.local_rotary_base = fields.number("rope_local_base_freq", 1, 1e12, 10000);
  const Json& newer = fields.child("rope_parameters");
  if (newer.is_object() && newer.contains("sliding_attention")) {
    const auto local =
        read_rotary({{"rope_parameters", newer}}, {config.local_rotary_base, 1, {}, 0}, "sliding_attention");
    if (!local) return local.error();
    if (local->scaling.kind != RotaryScalingKind::None) {
      return unsupported_option("'rope_parameters' that scale the positions of sliding layers");
    }
    config.local_rotary_base = local->base;
  }
  const int window = read_window(json, fields, 4096);
  const auto pattern = static_cast<std::size_t>(fields.integer("sliding_window_pattern", 1, kMaxLayers, 6));
  config.windows.assign(static_cast<std::size_t>(config.n_layers), window);
  for (std::size_t i = pattern; i <= config.windows.size(); i += pattern) config.windows[i - 1] = 0;
  return finish_llama_like(json, fields, window, std::move(*model));
}

}  // namespace headscope
