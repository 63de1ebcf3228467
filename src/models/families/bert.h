#pragma once

#include "models/family.h"

namespace headscope {

/// BERT (Devlin et al., 2019): an encoder with segments, normalised behind every sum. With the masked-token
/// head where the architecture has one, without it under a classifier. Errors: as Family::read_config.
Result<FamilyModel> read_bert_config(const Json& config);
/// RoBERTa (Liu et al., 2019), XLM-R and CamemBERT: positions skip padding.
Result<FamilyModel> read_roberta_config(const Json& config);
/// ELECTRA (Clark et al., 2020), generator and discriminator: embeddings of a width of their own.
Result<FamilyModel> read_electra_config(const Json& config);
/// DistilBERT (Sanh et al., 2019): BERT without segments.
Result<FamilyModel> read_distilbert_config(const Json& config);

}  // namespace headscope
