#pragma once

#include "models/family.h"

namespace headscope {

/// ViTModel and ViTForImageClassification (Dosovitskiy et al. 2020).
Result<FamilyModel> read_vit_config(const Json& config);

/// DeiTModel, DeiTForImageClassification and DeiTForImageClassificationWithTeacher (Touvron et al. 2020): ViT
/// with a distillation token behind the class token.
Result<FamilyModel> read_deit_config(const Json& config);

}  // namespace headscope
