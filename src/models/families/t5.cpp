#include "models/families/t5.h"

#include "io/quote.h"
#include "models/config_fields.h"

namespace headscope {
namespace {

/// Relative positions have no end; texts beyond this length were never trained.
constexpr int kMaxTokens = 4096;

TensorNames t5_names(const std::string& stack) {
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
  std::string name = config.gated ? kind.substr(6) : kind;
  if (kind == "gated-gelu") name = "gelu_new";
  const std::string said = fields.string("dense_act_fn", name);
  const bool said_gated = fields.boolean("is_gated_act", config.gated);
  if (!fields.status()) return fields.status();
  if (said != name || said_gated != config.gated) {
    return Error{
        ErrorCode::Corrupt,
        "config.json: 'feed_forward_proj', " + quote(kind) + ", contradicts 'dense_act_fn' or 'is_gated_act'",
        "Check that config.json belongs to this checkpoint"};
  }
  auto known = activation_from_name(name);
  if (!known) return known.error();
  config.activation = *known;
  return {};
}

}  // namespace

Result<FamilyModel> read_t5_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("num_layers", 1, kMaxLayers));
  config.n_heads = config.n_kv_heads = static_cast<int>(fields.integer("num_heads", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("d_model", 1, kMaxWidth));
  config.head_dim = static_cast<int>(fields.integer("d_kv", 1, kMaxWidth));
  config.d_feed_forward = static_cast<int>(fields.integer("d_ff", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_epsilon", 0, 1, 1e-6));
  config.relative.n_buckets =
      static_cast<int>(fields.integer("relative_attention_num_buckets", 4, 1 << 16, 32));
  // Beyond the exact buckets the logarithm needs room to grow.
  config.relative.max_distance = static_cast<int>(fields.integer(
      "relative_attention_max_distance", config.relative.n_buckets / 2 + 1, kMaxPositions, 128));
  const std::string architecture = architecture_of(json);
  const int n_decoder_layers =
      static_cast<int>(fields.integer("num_decoder_layers", 1, kMaxLayers, config.n_layers));
  const bool tied = fields.boolean("tie_word_embeddings", !architecture.starts_with("MT5"));
  const auto padding = fields.integer("pad_token_id", 0, config.vocab_size - 1, 0);
  const int start_id =
      static_cast<int>(fields.integer("decoder_start_token_id", 0, config.vocab_size - 1, padding));
  if (Status feed_forward = read_feed_forward(fields, config); !feed_forward) return feed_forward.error();

  config.max_tokens = kMaxTokens;
  config.score_scale = 1;
  config.norm = NormKind::RmsNorm;
  config.position = PositionKind::Relative;
  config.causal = config.has_output = false;
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  FamilyModel model{config, t5_names("encoder")};
  if (architecture.ends_with("EncoderModel")) {
    model.names.unread = {"decoder.", "lm_head."};
    model.names.token_embedding_copies.pop_back();
    if (config.gated) model.names.gate = model.names.up + "_0", model.names.up += "_1";
    return model;
  }
  DecoderModel decoder{config, t5_names("decoder"), start_id};
  decoder.config.n_layers = n_decoder_layers;
  decoder.config.causal = decoder.config.cross_attention = true;
  decoder.config.relative.bidirectional = false;
  decoder.config.has_output = architecture.ends_with("ForConditionalGeneration");
  decoder.config.tied_output = tied;
  if (tied) decoder.config.output_scale = 1.0f / std::sqrt(static_cast<float>(config.d_model));
  for (TensorNames* names : {&model.names, &decoder.names}) {
    if (config.gated) names->gate = names->up + "_0", names->up += "_1";
  }
  model.decoder = std::move(decoder);
  return model;
}

}  // namespace headscope
