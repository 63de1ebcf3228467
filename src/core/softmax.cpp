#include "core/softmax.h"

#include <cassert>
#include <cmath>
#include <limits>

namespace headscope {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Gives equal shares to the visible logits that equal `peak`.
void share_among_peaks(std::span<const float> logits, const bool* visible, float peak,
                       std::span<float> weights) {
  std::size_t n_peaks = 0;
  for (std::size_t key = 0; key < logits.size(); ++key)
    n_peaks += (!visible || visible[key]) && logits[key] == peak;
  const float share = 1.0f / static_cast<float>(n_peaks);
  for (std::size_t key = 0; key < logits.size(); ++key) {
    weights[key] = (!visible || visible[key]) && logits[key] == peak ? share : 0.0f;
  }
}

}  // namespace

float soft_cap(float score, float cap) {
  return cap == 0.0f ? score : cap * std::tanh(score / cap);
}

Matrix soft_cap(const MatrixView& scores, float cap) {
  return scores.unaryExpr([cap](float score) { return soft_cap(score, cap); });
}

void softmax_row(std::span<const float> logits, const bool* visible, std::span<float> weights,
                 float temperature) {
  assert(logits.size() == weights.size());
  assert(temperature >= 0.0f);
  const std::size_t n_key = logits.size();

  // 1. The largest visible logit; NaN is noticed, because no comparison with it is true.
  float peak = -kInfinity;
  bool has_nan = false;
  for (std::size_t key = 0; key < n_key; ++key) {
    if (visible && !visible[key]) continue;
    has_nan = has_nan || std::isnan(logits[key]);
    if (logits[key] > peak) peak = logits[key];
  }
  if (has_nan) {
    for (std::size_t key = 0; key < n_key; ++key) {
      weights[key] = !visible || visible[key] ? std::numeric_limits<float>::quiet_NaN() : 0.0f;
    }
    return;
  }

  // 2. The corners that exp() cannot say.
  if (peak == -kInfinity) {
    for (float& weight : weights) weight = 0.0f;
    return;
  }
  if (peak == kInfinity || temperature == 0.0f) return share_among_peaks(logits, visible, peak, weights);

  // 3. Subtracting the largest logit keeps exp() finite and leaves the quotient unchanged.
  double sum = 0.0;
  for (std::size_t key = 0; key < n_key; ++key) {
    const bool seen = !visible || visible[key];
    weights[key] = seen ? std::exp((logits[key] - peak) / temperature) : 0.0f;
    sum += weights[key];
  }

  // 4. Rows sum to 1. The peak itself contributed 1, so the sum is never 0.
  for (float& weight : weights) weight = static_cast<float>(weight / sum);
}

Matrix softmax(const MatrixView& logits, const BoolMatrix& visible, float temperature) {
  assert(visible.rows() == logits.rows() && visible.cols() == logits.cols());
  Matrix weights(logits.rows(), logits.cols());
  const auto n_key = static_cast<std::size_t>(logits.cols());
  for (Eigen::Index query = 0; query < logits.rows(); ++query) {
    softmax_row({logits.row(query).data(), n_key}, visible.row(query).data(),
                {weights.row(query).data(), n_key}, temperature);
  }
  return weights;
}

Matrix softmax(const MatrixView& logits, float temperature) {
  return softmax(logits, BoolMatrix::Constant(logits.rows(), logits.cols(), true), temperature);
}

Matrix softmax_backward(const MatrixView& weights, const MatrixView& grad, float temperature) {
  assert(weights.rows() == grad.rows() && weights.cols() == grad.cols());
  const Vector row_means = weights.cwiseProduct(grad).rowwise().sum();
  return weights.cwiseProduct(grad.colwise() - row_means) / temperature;
}

}  // namespace headscope
