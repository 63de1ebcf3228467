#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/linear.h"
#include "io/json.h"
#include "models/transformer_config.h"

namespace headscope {

/// Where a family's checkpoint keeps each parameter. Names are without ".weight" and ".bias"; "{}" stands for
/// the layer; "" means that the family has no such parameter.
struct TensorNames {
  /// Stands before every name but `output`; checkpoints saved from the bare model lack it.
  std::string prefix;
  std::string token_embedding, position_embedding, final_norm;
  std::string output;  ///< without prefix
  std::string attention_norm, attention_post_norm, feed_forward_norm, feed_forward_post_norm;
  std::string query_norm, key_norm;
  std::vector<std::string> qkv;  ///< three names, or one for a fused tensor
  bool qkv_by_head = false;      ///< a fused tensor holds q, k, v of head 0, then of head 1, …
  std::string attention_output, gate, up, down;
  WeightLayout layout = WeightLayout::OutIn;
  /// Endings of tensors that older exports carry and that hold no parameter (masks, rotary frequencies).
  std::vector<std::string> constants;
};

struct FamilyModel {
  TransformerConfig config;
  TensorNames names;
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
