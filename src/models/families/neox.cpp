#include "models/families/neox.h"

#include "models/config_fields.h"
#include "models/rotary_fields.h"

namespace headscope {
namespace {

TensorNames neox_names() {
  TensorNames names;
  names.prefix = "gpt_neox.";
  names.token_embedding = "embed_in";
  names.final_norm = "final_layer_norm";
  names.output = "embed_out";
  names.attention_norm = "layers.{}.input_layernorm";
  names.qkv = {"layers.{}.attention.query_key_value"};
  names.qkv_by_head = true;
  names.attention_output = "layers.{}.attention.dense";
  names.feed_forward_norm = "layers.{}.post_attention_layernorm";
  names.up = "layers.{}.mlp.dense_h_to_4h";
  names.down = "layers.{}.mlp.dense_4h_to_h";
  names.constants = {".attention.bias", ".attention.masked_bias", ".attention.rotary_emb.inv_freq"};
  return names;
}

}  // namespace

Result<FamilyModel> read_neox_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("num_hidden_layers", 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer("num_attention_heads", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth));
  config.d_feed_forward = static_cast<int>(fields.integer("intermediate_size", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, kMaxPositions));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_eps", 0, 1, 1e-5));
  config.tied_output = fields.boolean("tie_word_embeddings", false);
  config.parallel_residual = fields.boolean("use_parallel_residual", true);
  config.qkv_bias = config.attention_output_bias = fields.boolean("attention_bias", true);
  const std::string activation = fields.string("hidden_act", "gelu");
  const auto rotary = read_rotary(json, {10000, 0.25, {}, 0});
  if (!fields.status()) return fields.status().error();
  if (!rotary) return rotary.error();
  auto known = activation_from_name(activation);
  if (!known) return known.error();

  config.activation = *known;
  config.n_kv_heads = config.n_heads;
  config.head_dim = config.d_model / config.n_heads;
  config.score_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  config.norm = NormKind::LayerNorm;
  config.norm_bias = config.feed_forward_bias = true;
  if (config.d_model % config.n_heads != 0) {
    return Error{ErrorCode::Corrupt, "config.json: 'hidden_size' must be a multiple of 'num_attention_heads'",
                 "Check that config.json belongs to this checkpoint"};
  }
  if (Status applied = apply_rotary(*rotary, config); !applied) return applied.error();
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  return FamilyModel{config, neox_names()};
}

}  // namespace headscope
