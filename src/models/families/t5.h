#pragma once

#include "models/family.h"

namespace headscope {

/// T5 1.0 and 1.1 and mT5 (Raffel et al., 2020), and their encoder alone: relative positions, RMS norms, no
/// biases, scores that are not scaled. Errors: as Family::read_config.
Result<FamilyModel> read_t5_config(const Json& config);

}  // namespace headscope
