#pragma once

#include "models/family.h"

namespace headscope {

/// BART (Lewis et al., 2020): learned positions from row 2, every sum normalised.
Result<FamilyModel> read_bart_config(const Json& config);
/// mBART (Liu et al., 2020): BART with norms in front of the blocks and one behind the last.
Result<FamilyModel> read_mbart_config(const Json& config);
/// Marian (Junczys-Dowmunt et al., 2018): BART with sines and cosines for positions.
Result<FamilyModel> read_marian_config(const Json& config);
/// Pegasus (Zhang et al., 2020): mBART with sines and cosines, whose embeddings are not normalised.
Result<FamilyModel> read_pegasus_config(const Json& config);

}  // namespace headscope
