#include "models/sound_front.h"

#include <algorithm>
#include <cassert>

namespace headscope {
namespace {

constexpr int kKernel = 3;
const char* const kPositions = "encoder.embed_positions.weight";

/// A convolution's weight [d_out, d_in, 3] as a product with three neighbouring rows side by side.
PackedLinear as_product(const std::vector<float>& weight, const std::vector<float>& bias, int d_out,
                        int d_in) {
  std::vector<float> sorted(weight.size());
  for (int out = 0; out < d_out; ++out) {
    for (int in = 0; in < d_in; ++in) {
      for (int k = 0; k < kKernel; ++k) {
        const std::ptrdiff_t row = static_cast<std::ptrdiff_t>(out) * d_in * kKernel;
        sorted[static_cast<std::size_t>(row + k * d_in + in)] =
            weight[static_cast<std::size_t>(row + in * kKernel + k)];
      }
    }
  }
  return {sorted.data(), d_out, d_in * kKernel, WeightLayout::OutIn, bias.data()};
}

/// gelu(convolution) of rows with zeros around them; every `step`-th position.   rows [n, d_in]
Matrix convolve(const Matrix& rows, int step, const PackedLinear& product, ThreadPool& pool) {
  const Eigen::Index n = rows.rows(), d = rows.cols(), n_out = (n + step - 1) / step;
  Matrix neighbours = Matrix::Zero(n_out, kKernel * d);
  for (Eigen::Index i = 0; i < n_out; ++i) {
    for (Eigen::Index k = 0; k < kKernel; ++k) {
      const Eigen::Index from = i * step + k - 1;
      if (from >= 0 && from < n) neighbours.row(i).segment(k * d, d) = rows.row(from);
    }
  }
  Matrix out(n_out, product.n_out());
  PackedLinear::Options options;
  options.activation = Activation::GeluErf;
  product.apply(neighbours.data(), static_cast<int>(neighbours.cols()), static_cast<int>(n_out), out.data(),
                product.n_out(), pool, options);
  return out;
}

}  // namespace

std::vector<ExtraTensor> sound_tensors_of(const SoundFront& front, int d_model) {
  return {{"encoder.conv1.weight", {d_model, front.n_mels, kKernel}},
          {"encoder.conv1.bias", {d_model}},
          {"encoder.conv2.weight", {d_model, d_model, kKernel}},
          {"encoder.conv2.bias", {d_model}},
          {kPositions, {front.n_positions, d_model}}};
}

SoundParams sound_params(const SoundFront& front, int d_model,
                         const std::map<std::string, std::vector<float>>& tensors) {
  return {
      as_product(tensors.at("encoder.conv1.weight"), tensors.at("encoder.conv1.bias"), d_model, front.n_mels),
      as_product(tensors.at("encoder.conv2.weight"), tensors.at("encoder.conv2.bias"), d_model, d_model),
      Eigen::Map<const Matrix>(tensors.at(kPositions).data(), front.n_positions, d_model)};
}

Matrix embed_sound(const Matrix& features, const SoundParams& params, ThreadPool& pool) {
  assert(features.cols() == 2 * params.positions.rows());
  const Matrix frames = features.transpose();
  return convolve(convolve(frames, 1, params.first, pool), 2, params.second, pool) + params.positions;
}

}  // namespace headscope
