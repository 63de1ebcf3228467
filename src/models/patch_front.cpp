#include "models/patch_front.h"

#include <algorithm>
#include <cassert>

namespace headscope {

std::vector<ExtraTensor> patch_tensors_of(const PatchFront& front, int d_model) {
  namespace names = patch_tensors;
  const std::string projection = names::kProjection, norm = names::kNorm;
  std::vector<ExtraTensor> tensors = {
      {names::kClass, {1, 1, d_model}},
      {names::kPositions, {1, front.n_tokens(), d_model}},
      {projection + ".weight", {d_model, front.n_channels, front.patch_size, front.patch_size}},
      {projection + ".bias", {d_model}},
      {norm + ".weight", {d_model}},
      {norm + ".bias", {d_model}},
  };
  if (front.n_special == 2) tensors.push_back({names::kDistillation, {1, 1, d_model}});
  for (const std::string& classifier : front.classifiers) {
    tensors.push_back({classifier + ".weight", {front.n_classes(), d_model}, false});
    tensors.push_back({classifier + ".bias", {front.n_classes()}, false});
  }
  return tensors;
}

PatchParams patch_params(const PatchFront& front, int d_model,
                         const std::map<std::string, std::vector<float>>& tensors) {
  namespace names = patch_tensors;
  const auto vector = [&](const std::string& name) {
    return Vector(Eigen::Map<const Vector>(tensors.at(name).data(), d_model));
  };
  const auto linear = [&](const std::string& name, int n_out, int n_in) {
    return PackedLinear(tensors.at(name + ".weight").data(), n_out, n_in, WeightLayout::OutIn,
                        tensors.at(name + ".bias").data());
  };
  PatchParams params;
  params.projection = linear(names::kProjection, d_model, front.patch_width());
  params.positions =
      Eigen::Map<const Matrix>(tensors.at(names::kPositions).data(), front.n_tokens(), d_model);
  params.positions.row(0) += vector(names::kClass).transpose();
  if (front.n_special == 2) params.positions.row(1) += vector(names::kDistillation).transpose();
  params.norm = {vector(names::kNorm + std::string(".weight")), vector(names::kNorm + std::string(".bias"))};
  for (const std::string& classifier : front.classifiers) {
    params.classifiers.push_back(linear(classifier, front.n_classes(), d_model));
  }
  return params;
}

Matrix embed_patches(const PixelValues& pixels, const PatchFront& front, const PatchParams& params,
                     ThreadPool& pool) {
  const int side = front.patches_a_side(), patch = front.patch_size, size = front.image_size;
  assert(pixels.height == size && pixels.width == size && pixels.n_channels == front.n_channels);
  // A convolution whose steps are as wide as itself is a product with patches laid out as rows.
  Matrix patches(side * side, front.patch_width());
  for (int token = 0; token < side * side; ++token) {
    float* out = patches.row(token).data();
    for (int channel = 0; channel < front.n_channels; ++channel) {
      for (int y = 0; y < patch; ++y, out += patch) {
        const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(channel) * size + token / side * patch + y;
        std::copy_n(pixels.values.data() + row * size + token % side * patch, patch, out);
      }
    }
  }
  Matrix embedded = params.positions;
  PackedLinear::Options options;
  options.accumulate = true;
  const int width = static_cast<int>(embedded.cols());
  params.projection.apply(patches.data(), front.patch_width(), side * side,
                          embedded.row(front.n_special).data(), width, pool, options);
  return embedded;
}

}  // namespace headscope
