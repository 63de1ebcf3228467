#include "core/norm.h"

#include <cassert>
#include <cmath>

namespace headscope {
namespace {

using Row = Eigen::Map<const Eigen::ArrayXf>;
using MutableRow = Eigen::Map<Eigen::ArrayXf>;

}  // namespace

void layer_norm(const float* input, int input_stride, int n_rows, int d_model, const float* gain,
                const float* bias, float epsilon, float* output, int output_stride) {
  for (int row = 0; row < n_rows; ++row) {
    const Row x(input + static_cast<std::ptrdiff_t>(row) * input_stride, d_model);
    MutableRow y(output + static_cast<std::ptrdiff_t>(row) * output_stride, d_model);
    const float mean = x.mean();
    // Two passes: the mean of the squares minus the square of the mean loses digits when the mean is large.
    const float scale = 1.0f / std::sqrt((x - mean).square().mean() + epsilon);
    y = (x - mean) * scale;
    if (gain) y *= Row(gain, d_model);
    if (bias) y += Row(bias, d_model);
  }
}

void rms_norm(const float* input, int input_stride, int n_rows, int d_model, const float* gain, float epsilon,
              GainOffset offset, float* output, int output_stride) {
  for (int row = 0; row < n_rows; ++row) {
    const Row x(input + static_cast<std::ptrdiff_t>(row) * input_stride, d_model);
    MutableRow y(output + static_cast<std::ptrdiff_t>(row) * output_stride, d_model);
    y = x * (1.0f / std::sqrt(x.square().mean() + epsilon));
    if (!gain) continue;
    if (offset == GainOffset::One) {
      y *= Row(gain, d_model) + 1.0f;
    } else {
      y *= Row(gain, d_model);
    }
  }
}

Matrix layer_norm(const MatrixView& input, const VectorView& gain, const VectorView& bias, float epsilon) {
  assert(gain.size() == 0 || gain.size() == input.cols());
  assert(bias.size() == 0 || bias.size() == input.cols());
  Matrix output(input.rows(), input.cols());
  layer_norm(input.data(), static_cast<int>(input.outerStride()), static_cast<int>(input.rows()),
             static_cast<int>(input.cols()), gain.size() ? gain.data() : nullptr,
             bias.size() ? bias.data() : nullptr, epsilon, output.data(), static_cast<int>(output.cols()));
  return output;
}

Matrix rms_norm(const MatrixView& input, const VectorView& gain, float epsilon, GainOffset offset) {
  assert(gain.size() == 0 || gain.size() == input.cols());
  Matrix output(input.rows(), input.cols());
  rms_norm(input.data(), static_cast<int>(input.outerStride()), static_cast<int>(input.rows()),
           static_cast<int>(input.cols()), gain.size() ? gain.data() : nullptr, epsilon, offset,
           output.data(), static_cast<int>(output.cols()));
  return output;
}

}  // namespace headscope
