#pragma once

#include <memory>

#include "base/result.h"
#include "io/tensor_source.h"
#include "models/family.h"
#include "models/transformer_params.h"

namespace headscope {

/// Fills the parameters of a model from its checkpoint. Every tensor of the file is accounted for: one that
/// is missing, that nothing asked for, that has another shape or that holds a number that is not finite is an
/// error. Rows of the embeddings stay in the file until they are looked up. Errors: NotFound, Corrupt,
/// Unsupported.
Result<TransformerParams> read_params(std::shared_ptr<const TensorSource> source, const FamilyModel& model);

}  // namespace headscope
