#include "models/families/bert_like.h"

namespace headscope {
namespace {

TensorNames bert_names() {
  TensorNames names;
  names.token_embedding = "embeddings.word_embeddings";
  names.position_embedding = "embeddings.position_embeddings";
  names.segment_embedding = "embeddings.token_type_embeddings";
  names.embedding_norm = "embeddings.LayerNorm";
  names.qkv = {"encoder.layer.{}.attention.self.query", "encoder.layer.{}.attention.self.key",
               "encoder.layer.{}.attention.self.value"};
  names.attention_output = "encoder.layer.{}.attention.output.dense";
  names.attention_norm = "encoder.layer.{}.attention.output.LayerNorm";
  names.up = "encoder.layer.{}.intermediate.dense";
  names.down = "encoder.layer.{}.output.dense";
  names.feed_forward_norm = "encoder.layer.{}.output.LayerNorm";
  names.constants = {"embeddings.position_ids", "embeddings.token_type_ids"};
  names.unread = {"pooler.", "classifier.", "qa_outputs.", "cls.seq_relationship."};
  return names;
}

}  // namespace

Result<FamilyModel> read_bert_like(const Json& json, JsonFields& fields) {
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("num_hidden_layers", 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer("num_attention_heads", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth));
  config.d_feed_forward = static_cast<int>(fields.integer("intermediate_size", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, kMaxPositions));
  config.n_segments = static_cast<int>(fields.integer("type_vocab_size", 1, kMaxVocabulary, 2));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_eps", 0, 1, 1e-12));
  const std::string activation = fields.string("hidden_act", "gelu");
  const std::string positions = fields.string("position_embedding_type", "absolute");
  const bool is_decoder = fields.boolean("is_decoder", false);
  const bool cross = fields.boolean("add_cross_attention", false);
  if (!fields.status()) return fields.status().error();
  if (positions != "absolute") return unsupported_option("'position_embedding_type' other than \"absolute\"");
  if (is_decoder) return unsupported_option("'is_decoder'");
  if (cross) return unsupported_option("'add_cross_attention'");
  if (Status heads = check_heads(json, "hidden_size", "num_attention_heads"); !heads) return heads.error();
  auto known = activation_from_name(activation);
  if (!known) return known.error();

  config.activation = *known;
  config.n_kv_heads = config.n_heads;
  config.head_dim = config.d_model / config.n_heads;
  config.score_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  config.causal = false;
  config.norm_placement = NormPlacement::Post;
  config.embedding_norm = true;
  config.final_norm = false;
  config.position = PositionKind::Learned;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = config.norm_bias = true;
  config.has_output = false;
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  return FamilyModel{config, bert_names()};
}

void add_masked_token_head(FamilyModel& model, const std::string& dense, const std::string& norm,
                           const std::string& output, const std::string& bias, Activation activation) {
  model.config.has_output = model.config.output_transform = model.config.output_bias = true;
  model.config.output_activation = activation;
  model.names.output_transform = dense;
  model.names.output_norm = norm;
  model.names.output = output;
  model.names.output_bias = bias;
}

}  // namespace headscope
