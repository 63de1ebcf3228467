#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/thread_pool.h"
#include "models/family.h"
#include "models/preprocess_image.h"
#include "models/transformer_params.h"

namespace headscope {

/// A patch front's tensors, as ViT's checkpoints call them; the first ones stand behind the prefix.
namespace patch_tensors {
inline constexpr const char *kClass = "embeddings.cls_token",
                            *kDistillation = "embeddings.distillation_token",
                            *kPositions = "embeddings.position_embeddings",
                            *kProjection = "embeddings.patch_embeddings.projection", *kNorm = "layernorm";
}  // namespace patch_tensors

/// The tensors that the front and the classifiers of a family read.
std::vector<ExtraTensor> patch_tensors_of(const PatchFront& front, int d_model);

/// What stands around the blocks of a model for pictures: the picture is cut into patches, and classes are
/// read from the tokens in front of them.
struct PatchParams {
  PackedLinear projection;  ///< [n_channels · patch² → d_model], patches as (channel, row, column)
  Matrix positions;         ///< [n_tokens, d_model], learned tokens added to their rows
  NormParams norm;          ///< [d_model] in front of the classifiers
  std::vector<PackedLinear> classifiers;  ///< [d_model → n_classes], one for each of the first tokens
};

/// REQUIRES: the tensors of patch_tensors_of.
PatchParams patch_params(const PatchFront& front, int d_model,
                         const std::map<std::string, std::vector<float>>& tensors);

/// What enters the first block.
///   pixels   [n_channels, image_size, image_size]
///   returns  [n_tokens, d_model]
Matrix embed_patches(const PixelValues& pixels, const PatchFront& front, const PatchParams& params,
                     ThreadPool& pool);

}  // namespace headscope
