#include "models/families/bart_like.h"

#include "models/config_fields.h"

namespace headscope {
namespace {

/// Flags of the first BART files that describe its relatives. They are settled by the architecture now, and a
/// file that says otherwise was meant for another one. Errors: Unsupported.
Status check_old_flags(JsonFields& fields, const BartLike& relative) {
  const bool pre = relative.norms == NormPlacement::Pre;
  const bool sinusoidal = relative.position == PositionKind::Sinusoidal;
  const struct {
    const char* name;
    bool meant;
  } flags[] = {{"normalize_before", pre},
               {"add_final_layer_norm", pre},
               {"normalize_embedding", relative.embedding_norm},
               {"static_position_embeddings", sinusoidal},
               {"share_encoder_decoder_embeddings", true}};
  for (const auto& flag : flags) {
    const bool said = fields.boolean(flag.name, flag.meant);
    if (!fields.status()) return fields.status();
    if (said != flag.meant) {
      return unsupported_option(std::string("'") + flag.name + "': " + (said ? "true" : "false"));
    }
  }
  return {};
}

/// One half's own sizes. Errors: Corrupt.
Status read_half(const Json& json, JsonFields& fields, const std::string& half, TransformerConfig& config) {
  config.n_layers = static_cast<int>(fields.integer(half + "_layers", 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer(half + "_attention_heads", 1, kMaxHeads));
  config.d_feed_forward = static_cast<int>(fields.integer(half + "_ffn_dim", 1, kMaxWidth));
  if (!fields.status()) return fields.status();
  if (Status heads = check_heads(json, "d_model", (half + "_attention_heads").c_str()); !heads) return heads;
  config.n_kv_heads = config.n_heads;
  config.head_dim = config.d_model / config.n_heads;
  config.query_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  config.score_scale = 1;
  config.causal = config.cross_attention = half == "decoder";
  config.has_output = false;
  return check_sizes(config);
}

}  // namespace

Result<FamilyModel> read_bart_like(const Json& json, const BartLike& relative) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.d_model = static_cast<int>(fields.integer("d_model", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, kMaxPositions));
  const bool scaled = fields.boolean("scale_embedding", relative.scaled_embedding);
  const std::string activation = fields.string("activation_function", relative.activation);
  const bool tied = fields.boolean("tie_word_embeddings", true);
  const auto ending =
      fields.integer("eos_token_id", 0, config.vocab_size - 1, std::min(2, config.vocab_size - 1));
  const auto start = fields.integer("decoder_start_token_id", 0, config.vocab_size - 1, ending);
  const auto decoder_words = fields.integer("decoder_vocab_size", 1, kMaxVocabulary, config.vocab_size);
  if (Status flags = check_old_flags(fields, relative); !flags) return flags.error();
  if (decoder_words != config.vocab_size)
    return unsupported_option("'decoder_vocab_size' other than 'vocab_size'");
  auto known = activation_from_name(activation);
  if (!known) return known.error();

  config.activation = *known;
  config.embedding_scale = scaled ? std::sqrt(static_cast<float>(config.d_model)) : 1.0f;
  config.norm_epsilon = 1e-5f;
  config.norm_placement = relative.norms;
  config.embedding_norm = relative.embedding_norm;
  config.final_norm = relative.norms == NormPlacement::Pre;
  config.position = relative.position;
  config.position_offset = config.position == PositionKind::Learned ? 2 : 0;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = config.norm_bias = true;
  if (config.position == PositionKind::Sinusoidal && config.d_model % 2 != 0) {
    return unsupported_option("an odd 'd_model'");
  }

  FamilyModel model{config, bart_names("encoder")};
  DecoderModel decoder{config, bart_names("decoder"), static_cast<int>(start)};
  if (Status half = read_half(json, fields, "encoder", model.config); !half) return half.error();
  if (Status half = read_half(json, fields, "decoder", decoder.config); !half) return half.error();
  if (!architecture_of(json).ends_with("Model") || architecture_of(json) == "MarianMTModel") {
    decoder.config.has_output = decoder.config.output_bias = true;
    decoder.config.tied_output = tied;
    decoder.names.output = "lm_head";
    decoder.names.output_bias = "final_logits_bias";
    decoder.names.output_bias_may_lack = true;
  }
  model.decoder = std::move(decoder);
  return model;
}

}  // namespace headscope
