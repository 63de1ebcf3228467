#include "models/families/bloom_like.h"

namespace headscope {

TensorNames bloom_like_names() {
  TensorNames names;
  names.prefix = "transformer.";
  names.token_embedding = "word_embeddings";
  names.final_norm = "ln_f";
  names.output = "lm_head";
  names.attention_norm = "h.{}.input_layernorm";
  names.qkv = {"h.{}.self_attention.query_key_value"};
  names.qkv_by_head = true;
  names.attention_output = "h.{}.self_attention.dense";
  names.up = "h.{}.mlp.dense_h_to_4h";
  names.down = "h.{}.mlp.dense_4h_to_h";
  return names;
}

const char* either_key(const JsonFields& fields, const char* first, const char* second) {
  return fields.has(first) ? first : second;
}

void read_bloom_like(JsonFields& fields, TransformerConfig& into) {
  into.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  into.norm_epsilon = static_cast<float>(fields.number("layer_norm_epsilon", 0, 1, 1e-5));
  into.tied_output = fields.boolean("tie_word_embeddings", true);
  into.norm_bias = true;
}

}  // namespace headscope
