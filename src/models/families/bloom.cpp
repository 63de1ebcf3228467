#include "models/families/bloom_like.h"
#include "models/families/readers.h"

namespace headscope {

Result<FamilyModel> read_bloom_config(const Json& json) {
  JsonFields fields(json, "config.json");
  const auto either = [&](const char* one, const char* other) { return either_key(fields, one, other); };
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer(either("n_layer", "num_hidden_layers"), 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer(either("n_head", "num_attention_heads"), 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer(either("hidden_size", "n_embed"), 1, kMaxWidth));
  read_bloom_like(fields, config);
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
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = true;
  TensorNames names = bloom_like_names();
  names.embedding_norm = "word_embeddings_layernorm";
  names.feed_forward_norm = "h.{}.post_attention_layernorm";
  return FamilyModel{config, names};
}

}  // namespace headscope
