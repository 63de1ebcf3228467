#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/linear.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "models/front.h"
#include "models/transformer_config.h"

namespace headscope {

/// Where a family's checkpoint keeps each parameter. Names are without ".weight" and ".bias"; "{}" stands for
/// the layer; "" means that the family has no such parameter.
struct TensorNames {
  /// Stands before every name but `output`; checkpoints saved from the bare model lack it.
  std::string prefix;
  std::string token_embedding, position_embedding, final_norm;
  /// Other names under which files keep the token embedding: one may stand for it, several must be equal.
  std::vector<std::string> token_embedding_copies;
  std::string segment_embedding, embedding_norm, embedding_projection;
  std::string relative_bias;  ///< of block 0, which all blocks use
  std::string output;         ///< without prefix, as the next ones
  std::string output_transform, output_norm;
  std::string output_bias;            ///< in full, "cls.predictions.bias"; "": output + ".bias"
  bool output_bias_may_lack = false;  ///< a file without it means zeros (BART)
  std::string attention_norm, attention_post_norm, feed_forward_norm, feed_forward_post_norm;
  std::string query_norm, key_norm;
  std::vector<std::string> qkv;  ///< three names, or one for a fused tensor
  /// A fused tensor holds, for each key/value head in turn, the queries that read it, then k, then v.
  bool qkv_by_head = false;
  std::string attention_output;
  std::string gate, up, down;  ///< gated without a `gate`: both are in `up`, gate first
  std::string cross_norm, cross_output;
  std::vector<std::string> cross;  ///< names of q, k and v
  WeightLayout layout = WeightLayout::OutIn;
  /// Endings of tensors that older exports carry and that hold no parameter (masks, rotary frequencies).
  std::vector<std::string> constants;
  /// Beginnings of tensors that no trace passes through (poolers, classifiers), with or without prefix.
  std::vector<std::string> unread;
};

/// The decoder of an encoder-decoder.
struct DecoderModel {
  TransformerConfig config;
  TensorNames names;
  int start_id = 0;  ///< stands in front of what the decoder reads
};

/// A tensor of a family's own, for what stands in front of its blocks (patches, convolutions).
struct ExtraTensor {
  std::string name;  ///< in full but for the prefix
  TensorShape shape;
  bool prefixed = true;  ///< false: the name is in full
};

struct FamilyModel {
  TransformerConfig config;  ///< of the only stack, or of the encoder
  TensorNames names;
  std::optional<DecoderModel> decoder = std::nullopt;
  std::vector<ExtraTensor> extra = {};
  std::optional<PatchFront> patches = std::nullopt;  ///< of a model for pictures
  std::optional<SoundFront> sound = std::nullopt;    ///< of a model for sound; it has a decoder
};

/// A kind of checkpoint: which names config.json gives it, and how to read that file.
/// Errors: Corrupt (a field is missing or out of range), Unsupported (names the option).
struct Family {
  std::vector<std::string_view> architectures;
  Result<FamilyModel> (*read_config)(const Json& config);
};

std::span<const Family> families();

/// Reads config.json's contents. Errors: as Family::read_config; Unsupported, which names the architecture.
Result<FamilyModel> read_family(const Json& config);

}  // namespace headscope
