#include "models/config_fields.h"
#include "models/families/readers.h"

namespace headscope {
namespace {

TensorNames bloom_names() {
  TensorNames names;
  names.prefix = "transformer.";
  names.token_embedding = "word_embeddings";
  names.embedding_norm = "word_embeddings_layernorm";
  names.final_norm = "ln_f";
  names.output = "lm_head";
  names.attention_norm = "h.{}.input_layernorm";
  names.qkv = {"h.{}.self_attention.query_key_value"};
  names.qkv_by_head = true;
  names.attention_output = "h.{}.self_attention.dense";
  names.feed_forward_norm = "h.{}.post_attention_layernorm";
  names.up = "h.{}.mlp.dense_h_to_4h";
  names.down = "h.{}.mlp.dense_4h_to_h";
  return names;
}

}  // namespace

Result<FamilyModel> read_bloom_config(const Json& json) {
  JsonFields fields(json, "config.json");
  const auto either = [&](const char* one, const char* other) { return fields.has(one) ? one : other; };
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer(either("n_layer", "num_hidden_layers"), 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer(either("n_head", "num_attention_heads"), 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer(either("hidden_size", "n_embed"), 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_epsilon", 0, 1, 1e-5));
  config.tied_output = fields.boolean("tie_word_embeddings", true);
  // Distances have no end; this is what the models were trained on.
  config.max_tokens = static_cast<int>(fields.integer("seq_length", 1, kMaxPositions, 2048));
  if (fields.boolean("apply_residual_connection_post_layernorm", false)) {
    return unsupported_option("'apply_residual_connection_post_layernorm'");
  }
  if (!fields.status()) return fields.status().error();
  config.n_kv_heads = config.n_heads;
  config.d_feed_forward = 4 * config.d_model;
  if (Status even = divide_into_heads("hidden_size", "n_head", config); !even) return even.error();
  config.activation = Activation::GeluTanh;
  config.position = PositionKind::Alibi;
  config.embedding_norm = true;
  config.norm_bias = config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = true;
  return FamilyModel{config, bloom_names()};
}

}  // namespace headscope
