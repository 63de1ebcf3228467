#pragma once

#include "models/family.h"

/// What the relatives of BART write alike.
namespace headscope {

/// In what they differ.
struct BartLike {
  const char* activation = "gelu";
  bool scaled_embedding = false;  ///< when the file does not say
  NormPlacement norms = NormPlacement::Post;
  bool embedding_norm = true;
  PositionKind position = PositionKind::Learned;
};

/// Both halves, their sizes and names. Errors: Corrupt, Unsupported.
Result<FamilyModel> read_bart_like(const Json& json, const BartLike& relative);

/// Names of one half, "encoder" or "decoder", under the prefix "model.".
TensorNames bart_names(const std::string& half);

}  // namespace headscope
