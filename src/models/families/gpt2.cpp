#include "models/families/gpt2.h"

#include "models/config_fields.h"

namespace headscope {
namespace {

TensorNames gpt2_names() {
  TensorNames names;
  names.prefix = "transformer.";
  names.token_embedding = "wte";
  names.position_embedding = "wpe";
  names.final_norm = "ln_f";
  names.output = "lm_head";
  names.attention_norm = "h.{}.ln_1";
  names.qkv = {"h.{}.attn.c_attn"};
  names.attention_output = "h.{}.attn.c_proj";
  names.feed_forward_norm = "h.{}.ln_2";
  names.up = "h.{}.mlp.c_fc";
  names.down = "h.{}.mlp.c_proj";
  names.layout = WeightLayout::InOut;
  names.constants = {".attn.bias", ".attn.masked_bias"};
  return names;
}

}  // namespace

Result<FamilyModel> read_gpt2_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("n_layer", 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer("n_head", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("n_embd", 1, kMaxWidth));
  config.d_feed_forward = static_cast<int>(fields.integer("n_inner", 1, kMaxWidth, 4 * config.d_model));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("n_positions", 1, kMaxPositions));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_epsilon", 0, 1, 1e-5));
  config.tied_output = fields.boolean("tie_word_embeddings", true);
  const std::string activation = fields.string("activation_function", "gelu_new");
  const bool scaled = fields.boolean("scale_attn_weights", true);
  const bool by_layer = fields.boolean("scale_attn_by_inverse_layer_idx", false);
  const bool cross = fields.boolean("add_cross_attention", false);
  if (!fields.status()) return fields.status().error();
  if (by_layer) return unsupported_option("'scale_attn_by_inverse_layer_idx'");
  if (cross) return unsupported_option("'add_cross_attention'");
  if (config.d_model % config.n_heads != 0) {
    return Error{ErrorCode::Corrupt,
                 "config.json: 'n_embd', " + std::to_string(config.d_model) +
                     ", must be a multiple of 'n_head', " + std::to_string(config.n_heads),
                 "Check that config.json belongs to this checkpoint"};
  }

  auto known = activation_from_name(activation);
  if (!known) return known.error();
  config.activation = *known;
  config.n_kv_heads = config.n_heads;
  config.head_dim = config.d_model / config.n_heads;
  config.score_scale = scaled ? 1.0f / std::sqrt(static_cast<float>(config.head_dim)) : 1.0f;
  config.norm = NormKind::LayerNorm;
  config.position = PositionKind::Learned;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = config.norm_bias = true;
  return FamilyModel{config, gpt2_names()};
}

}  // namespace headscope
