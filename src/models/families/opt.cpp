#include "models/config_fields.h"
#include "models/families/readers.h"

namespace headscope {
namespace {

TensorNames opt_names() {
  TensorNames names;
  names.prefix = "model.decoder.";
  names.token_embedding = "embed_tokens";
  names.position_embedding = "embed_positions";
  names.final_norm = "final_layer_norm";
  names.output = "lm_head";
  names.attention_norm = "layers.{}.self_attn_layer_norm";
  names.qkv = {"layers.{}.self_attn.q_proj", "layers.{}.self_attn.k_proj", "layers.{}.self_attn.v_proj"};
  names.attention_output = "layers.{}.self_attn.out_proj";
  names.feed_forward_norm = "layers.{}.final_layer_norm";
  names.up = "layers.{}.fc1";
  names.down = "layers.{}.fc2";
  return names;
}

}  // namespace

Result<FamilyModel> read_opt_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("num_hidden_layers", 1, kMaxLayers));
  config.n_heads = config.n_kv_heads = static_cast<int>(fields.integer("num_attention_heads", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth));
  config.d_feed_forward = static_cast<int>(fields.integer("ffn_dim", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, kMaxPositions));
  config.tied_output = fields.boolean("tie_word_embeddings", true);
  const bool bias = fields.boolean("enable_bias", true);
  const auto projected = fields.integer("word_embed_proj_dim", 1, kMaxWidth, config.d_model);
  auto activation = activation_from_name(fields.string("activation_function", "relu"));
  const bool first = fields.boolean("do_layer_norm_before", true);
  const bool no_last = fields.boolean("_remove_final_layer_norm", false);
  const bool learned = fields.boolean("layer_norm_elementwise_affine", true);
  if (!fields.status()) return fields.status().error();
  if (!activation) return activation.error();
  if (!first) return unsupported_option("'do_layer_norm_before' false (OPT-350M)");
  if (no_last) return unsupported_option("'_remove_final_layer_norm'");
  if (!learned) return unsupported_option("'layer_norm_elementwise_affine' false");
  if (projected != config.d_model)
    return unsupported_option("'word_embed_proj_dim' other than 'hidden_size'");
  if (Status even = divide_into_heads("hidden_size", "num_attention_heads", config); !even)
    return even.error();
  config.activation = *activation;
  config.query_scale = config.score_scale;
  config.score_scale = 1;
  config.position = PositionKind::Learned;
  config.position_offset = 2;
  config.norm_bias = true;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = bias;
  return FamilyModel{config, opt_names()};
}

}  // namespace headscope
