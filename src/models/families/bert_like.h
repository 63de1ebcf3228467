#pragma once

#include "models/config_fields.h"
#include "models/family.h"

namespace headscope {

/// What BERT's relatives write alike: sizes, norms, segments; every option that the engine lacks refused. The
/// masked-token head is left out. Errors: Corrupt, Unsupported.
Result<FamilyModel> read_bert_like(const Json& json, JsonFields& fields);

/// Gives `model` the head that fills gaps: output(norm(f(transform(h)))), tied to the embedding. The
/// names stand without prefix.
void add_masked_token_head(FamilyModel& model, const std::string& dense, const std::string& norm,
                           const std::string& output, const std::string& bias, Activation activation);

}  // namespace headscope
