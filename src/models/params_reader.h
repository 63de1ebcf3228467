#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "core/thread_pool.h"
#include "io/tensor_source.h"
#include "models/family.h"
#include "models/load_options.h"
#include "models/transformer_params.h"

namespace headscope {

struct FamilyParams {
  TransformerParams stack;                          ///< of the only stack, or of the encoder
  TransformerParams decoder;                        ///< where the family has one
  std::map<std::string, std::vector<float>> extra;  ///< FamilyModel::extra by name
};

/// Fills the parameters of a model from its checkpoint. Every tensor of the
/// file is accounted for: one that is missing, that nothing asked for, that has
/// another shape or that holds a number that is not finite is an error. Rows of
/// the embeddings stay in the file until they are looked up. The work is shared
/// by the pool. Errors: NotFound, Corrupt, Unsupported, Cancelled.
Result<FamilyParams> read_params(std::shared_ptr<const TensorSource> source, const FamilyModel& model,
                                 ThreadPool& pool, const LoadOptions& options = {});

}  // namespace headscope
