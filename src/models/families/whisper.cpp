#include "models/families/whisper.h"

#include "models/config_fields.h"
#include "models/families/bart_like.h"
#include "models/sound_front.h"

namespace headscope {
namespace {

/// BART's, under which the encoder has no tokens and the decoder tokens of its own.
TensorNames names_of(const std::string& stack) {
  TensorNames names = bart_names(stack);
  const bool decoder = stack == "decoder";
  names.token_embedding = decoder ? "decoder.embed_tokens" : "";
  names.token_embedding_copies.clear();
  names.embedding_norm.clear();
  names.position_embedding = decoder ? names.position_embedding : "";
  names.output = decoder ? "proj_out" : "";
  return names;
}

/// What both stacks have in common. Errors: Corrupt.
Status finish(TransformerConfig& config) {
  if (config.d_model % config.n_heads != 0) {
    return Error{ErrorCode::Corrupt,
                 "config.json: 'd_model', " + std::to_string(config.d_model) +
                     ", must be a multiple of the number of heads, " + std::to_string(config.n_heads),
                 "Check that config.json belongs to this checkpoint"};
  }
  config.n_kv_heads = config.n_heads;
  config.head_dim = config.d_model / config.n_heads;
  // q is scaled as soon as it is projected, so that the scores are plain products.
  config.query_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  config.score_scale = 1;
  config.norm_epsilon = 1e-5f;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = config.norm_bias = true;
  config.key_bias = false;
  return {};
}

}  // namespace

Result<FamilyModel> read_whisper_config(const Json& json) {
  JsonFields fields(json, "config.json");
  const auto size = [&](const char* key, std::int64_t high) {
    return static_cast<int>(fields.integer(key, 1, high));
  };
  FamilyModel model;
  DecoderModel decoder;
  SoundFront front;
  TransformerConfig& encoder_config = model.config;
  TransformerConfig& decoder_config = decoder.config;
  encoder_config.d_model = decoder_config.d_model = size("d_model", kMaxWidth);
  encoder_config.n_layers = size("encoder_layers", kMaxLayers);
  encoder_config.n_heads = size("encoder_attention_heads", kMaxHeads);
  encoder_config.d_feed_forward = size("encoder_ffn_dim", kMaxWidth);
  encoder_config.max_tokens = size("max_source_positions", kMaxPositions / 2);
  decoder_config.n_layers = size("decoder_layers", kMaxLayers);
  decoder_config.n_heads = size("decoder_attention_heads", kMaxHeads);
  decoder_config.d_feed_forward = size("decoder_ffn_dim", kMaxWidth);
  decoder_config.max_tokens = size("max_target_positions", kMaxPositions);
  decoder_config.vocab_size = size("vocab_size", kMaxVocabulary);
  decoder.start_id =
      static_cast<int>(fields.integer("decoder_start_token_id", 0, decoder_config.vocab_size - 1));
  decoder_config.tied_output = fields.boolean("tie_word_embeddings", true);
  front.n_mels = size("num_mel_bins", 4096);
  const std::string activation = fields.string("activation_function", "gelu");
  const bool scaled = fields.boolean("scale_embedding", false);
  if (!fields.status()) return fields.status().error();
  auto known = activation_from_name(activation);
  if (!known) return known.error();
  encoder_config.activation = decoder_config.activation = *known;
  if (Status status = finish(encoder_config); !status) return status.error();
  if (Status status = finish(decoder_config); !status) return status.error();

  // The encoder reads no tokens: two convolutions stand in front of it, and its positions with them.
  encoder_config.causal = false;
  encoder_config.has_output = false;
  encoder_config.vocab_size = decoder_config.vocab_size;
  front.n_positions = encoder_config.max_tokens;
  model.names = names_of("encoder");
  model.sound = front;
  model.extra = sound_tensors_of(front, encoder_config.d_model);

  decoder_config.cross_attention = true;
  decoder_config.position = PositionKind::Learned;
  decoder_config.has_output = json["architectures"][0] == "WhisperForConditionalGeneration";
  if (scaled) decoder_config.embedding_scale = std::sqrt(static_cast<float>(decoder_config.d_model));
  decoder.names = names_of("decoder");
  model.decoder = decoder;
  return model;
}

}  // namespace headscope
