#include "models/families/bert.h"

#include "models/families/bert_like.h"

namespace headscope {

Result<FamilyModel> read_bert_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_bert_like(json, fields);
  if (!model) return model;
  model->names.prefix = "bert.";
  model->config.tied_output = fields.boolean("tie_word_embeddings", true);
  if (architecture_of(json) == "BertForMaskedLM" || architecture_of(json) == "BertForPreTraining") {
    add_masked_token_head(*model, "cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm",
                          "cls.predictions.decoder", "cls.predictions.bias", model->config.activation);
  } else {
    model->names.unread.push_back("cls.");
  }
  if (!fields.status()) return fields.status().error();
  return model;
}

Result<FamilyModel> read_roberta_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_bert_like(json, fields);
  if (!model) return model;
  TransformerConfig& config = model->config;
  model->names.prefix = "roberta.";
  config.tied_output = fields.boolean("tie_word_embeddings", true);
  config.padding_id = static_cast<int>(fields.integer("pad_token_id", 0, config.vocab_size - 1, 1));
  if (!fields.status()) return fields.status().error();
  // The row of the padding token is that of its id, and the first real token has the next one.
  config.position_offset = config.padding_id + 1;
  config.max_tokens -= config.position_offset;
  if (config.max_tokens < 1) {
    return Error{ErrorCode::Corrupt,
                 "config.json: 'max_position_embeddings' leaves no position behind 'pad_token_id'",
                 "Check that config.json belongs to this checkpoint"};
  }
  if (architecture_of(json).ends_with("ForMaskedLM")) {
    // The head's activation is fixed, whatever the blocks use.
    add_masked_token_head(*model, "lm_head.dense", "lm_head.layer_norm", "lm_head.decoder", "lm_head.bias",
                          Activation::GeluErf);
  } else {
    model->names.unread.push_back("lm_head.");
  }
  return model;
}

Result<FamilyModel> read_electra_config(const Json& json) {
  JsonFields fields(json, "config.json");
  auto model = read_bert_like(json, fields);
  if (!model) return model;
  TransformerConfig& config = model->config;
  model->names.prefix = "electra.";
  model->names.embedding_projection = "embeddings_project";
  model->names.unread.insert(model->names.unread.end(), {"discriminator_predictions.", "sequence_summary."});
  config.tied_output = fields.boolean("tie_word_embeddings", true);
  const auto d_embedding = static_cast<int>(fields.integer("embedding_size", 1, kMaxWidth, 128));
  if (!fields.status()) return fields.status().error();
  if (d_embedding != config.d_model) config.d_embedding = d_embedding;
  if (architecture_of(json) == "ElectraForMaskedLM") {
    add_masked_token_head(*model, "generator_predictions.dense", "generator_predictions.LayerNorm",
                          "generator_lm_head", "generator_lm_head.bias", Activation::GeluErf);
  } else {
    model->names.unread.push_back("generator_");
  }
  return model;
}

}  // namespace headscope
