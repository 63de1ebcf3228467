#include "models/families/bert.h"
#include "models/families/bert_like.h"

namespace headscope {
namespace {

TensorNames distilbert_names() {
  TensorNames names;
  names.prefix = "distilbert.";
  names.token_embedding = "embeddings.word_embeddings";
  names.position_embedding = "embeddings.position_embeddings";
  names.embedding_norm = "embeddings.LayerNorm";
  names.qkv = {"transformer.layer.{}.attention.q_lin", "transformer.layer.{}.attention.k_lin",
               "transformer.layer.{}.attention.v_lin"};
  names.attention_output = "transformer.layer.{}.attention.out_lin";
  names.attention_norm = "transformer.layer.{}.sa_layer_norm";
  names.up = "transformer.layer.{}.ffn.lin1";
  names.down = "transformer.layer.{}.ffn.lin2";
  names.feed_forward_norm = "transformer.layer.{}.output_layer_norm";
  names.constants = {"embeddings.position_ids"};
  names.unread = {"pre_classifier.", "classifier.", "qa_outputs."};
  return names;
}

}  // namespace

Result<FamilyModel> read_distilbert_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("n_layers", 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer("n_heads", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("dim", 1, kMaxWidth));
  config.d_feed_forward = static_cast<int>(fields.integer("hidden_dim", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, kMaxPositions));
  config.tied_output = fields.boolean("tie_word_embeddings", true);
  const std::string activation = fields.string("activation", "gelu");
  if (!fields.status()) return fields.status().error();
  if (Status heads = check_heads(json, "dim", "n_heads"); !heads) return heads.error();
  auto known = activation_from_name(activation);
  if (!known) return known.error();

  config.activation = *known;
  config.n_kv_heads = config.n_heads;
  config.head_dim = config.d_model / config.n_heads;
  config.query_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  config.score_scale = 1;
  config.norm_epsilon = 1e-12f;
  config.causal = false;
  config.norm_placement = NormPlacement::Post;
  config.embedding_norm = true;
  config.final_norm = false;
  config.position = PositionKind::Learned;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = config.norm_bias = true;
  config.has_output = false;
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  FamilyModel model{config, distilbert_names()};
  if (architecture_of(json) == "DistilBertForMaskedLM") {
    add_masked_token_head(model, "vocab_transform", "vocab_layer_norm", "vocab_projector",
                          "vocab_projector.bias", config.activation);
  } else {
    model.names.unread.push_back("vocab_");
  }
  return model;
}

}  // namespace headscope
