#include "models/families/t5.h"

#include "io/quote.h"
#include "models/config_fields.h"

namespace headscope {
namespace {

TensorNames t5_names(const std::string& stack, bool gated) {
  const std::string block = stack + ".block.{}.layer.", attention = block + "0.SelfAttention.";
  const std::string feed_forward = block + (stack == "decoder" ? "2" : "1");
  TensorNames names;
  names.token_embedding = "shared";
  names.token_embedding_copies = {"encoder.embed_tokens", "decoder.embed_tokens"};
  names.relative_bias = stack + ".block.0.layer.0.SelfAttention.relative_attention_bias";
  names.attention_norm = block + "0.layer_norm";
  names.qkv = {attention + "q", attention + "k", attention + "v"};
  names.attention_output = attention + "o";
  names.feed_forward_norm = feed_forward + ".layer_norm";
  names.up = feed_forward + ".DenseReluDense.wi";
  if (gated) names.gate = names.up + "_0", names.up += "_1";
  names.down = feed_forward + ".DenseReluDense.wo";
  names.final_norm = stack + ".final_layer_norm";
  names.output = "lm_head";
  if (stack == "decoder") {
    const std::string cross = block + "1.EncDecAttention.";
    names.cross_norm = block + "1.layer_norm";
    names.cross = {cross + "q", cross + "k", cross + "v"};
    names.cross_output = cross + "o";
  }
  // Early files keep a bias of the cross-attention that nothing reads.
  names.constants = {"layer.1.EncDecAttention.relative_attention_bias.weight"};
  return names;
}

/// "relu", "gated-gelu": which function, and whether it gates. Newer files say the same in two more fields.
Status read_feed_forward(JsonFields& fields, TransformerConfig& config) {
  const std::string kind = fields.string("feed_forward_proj", "relu");
  config.gated = kind.starts_with("gated-");
  const std::string name = kind == "gated-gelu" ? "gelu_new" : config.gated ? kind.substr(6) : kind;
  const std::string said = fields.string("dense_act_fn", name);
  const bool said_gated = fields.boolean("is_gated_act", config.gated);
  if (!fields.status()) return fields.status();
  if (said != name || said_gated != config.gated)
    return corrupt_config("'feed_forward_proj', " + quote(kind) +
                          ", contradicts 'dense_act_fn' or 'is_gated_act'");
  const auto known = activation_from_name(name);
  if (known) config.activation = *known;
  return known ? Status() : known.error();
}

}  // namespace

Result<FamilyModel> read_t5_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  const auto integer = [&](const char* key, std::int64_t low, std::int64_t high, auto... otherwise) {
    return static_cast<int>(fields.integer(key, low, high, otherwise...));
  };
  config.n_layers = integer("num_layers", 1, kMaxLayers);
  config.n_heads = config.n_kv_heads = integer("num_heads", 1, kMaxHeads);
  config.d_model = integer("d_model", 1, kMaxWidth);
  config.head_dim = integer("d_kv", 1, kMaxWidth);
  config.d_feed_forward = integer("d_ff", 1, kMaxWidth);
  config.vocab_size = integer("vocab_size", 1, kMaxVocabulary);
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_epsilon", 0, 1, 1e-6));
  config.relative.n_buckets = integer("relative_attention_num_buckets", 4, 1 << 16, 32);
  // Beyond the exact buckets the logarithm needs room to grow.
  config.relative.max_distance =
      integer("relative_attention_max_distance", config.relative.n_buckets / 2 + 1, kMaxPositions, 128);
  const std::string architecture = architecture_of(json);
  const int n_decoder_layers = integer("num_decoder_layers", 1, kMaxLayers, config.n_layers);
  const bool tied = fields.boolean("tie_word_embeddings", !architecture.starts_with("MT5"));
  const int padding = integer("pad_token_id", 0, config.vocab_size - 1, 0);
  const int start_id = integer("decoder_start_token_id", 0, config.vocab_size - 1, padding);
  if (Status feed_forward = read_feed_forward(fields, config); !feed_forward) return feed_forward.error();
  config.max_tokens = 4096;  // relative positions have no end, but longer texts were never trained
  config.score_scale = 1;
  config.norm = NormKind::RmsNorm;
  config.position = PositionKind::Relative;
  config.causal = config.has_output = false;
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  FamilyModel model{config, t5_names("encoder", config.gated)};
  if (architecture.ends_with("EncoderModel")) {
    model.names.unread = {"decoder.", "lm_head."};
    model.names.token_embedding_copies.pop_back();
    return model;
  }
  DecoderModel decoder{config, t5_names("decoder", config.gated), start_id};
  decoder.config.n_layers = n_decoder_layers;
  decoder.config.causal = decoder.config.cross_attention = true;
  decoder.config.relative.bidirectional = false;
  decoder.config.has_output = architecture.ends_with("ForConditionalGeneration");
  decoder.config.tied_output = tied;
  if (tied) decoder.config.output_scale = 1.0f / std::sqrt(static_cast<float>(config.d_model));
  model.decoder = std::move(decoder);
  return model;
}

}  // namespace headscope
