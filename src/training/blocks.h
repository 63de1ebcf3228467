#pragma once

#include <Eigen/Core>
#include <cmath>
#include <span>
#include <type_traits>
#include <vector>

#include "core/product.h"
#include "training/decoder_params.h"

/// The blocks of a decoder, each as a forward and a backward pass over rows (one row, one token). `d_x` is
/// the gradient of the loss with respect to `x`. S is float to train and double to check against central
/// differences.
namespace headscope {

template <class S>
using MatRef = Eigen::Ref<RowMatrix<S>, 0, Eigen::OuterStride<>>;
template <class S>
using ConstMatRef = Eigen::Ref<const RowMatrix<S>, 0, Eigen::OuterStride<>>;

/// c = a · b, or c += a · b. Floats go through the kernels of `core/product.h`.
///   a [m, k], b [k, n]: matrices, blocks of them, or their transposes; c [m, n], which overlaps neither
template <class S, class A, class B, class C>
void product(const A& a, const B& b, C&& c, bool add = false) {
  assert(a.cols() == b.rows() && c.rows() == a.rows() && c.cols() == b.cols());
  if constexpr (std::is_same_v<S, float>) {
    const auto row_step = [](const auto& m) { return m.IsRowMajor ? m.outerStride() : m.innerStride(); };
    const auto column_step = [](const auto& m) { return m.IsRowMajor ? m.innerStride() : m.outerStride(); };
    multiply({.a = a.data(),
              .a_row = row_step(a),
              .a_inner = column_step(a),
              .b = b.data(),
              .b_inner = row_step(b),
              .b_column = column_step(b),
              .c = c.data(),
              .c_row = row_step(c),
              .n_rows = static_cast<int>(a.rows()),
              .n_inner = static_cast<int>(a.cols()),
              .n_columns = static_cast<int>(b.cols()),
              .add = add});
  } else if (add) {
    c.noalias() += a * b;
  } else {
    c.noalias() = a * b;
  }
}

/// y = x · weightᵀ.   x [n, in], weight [out, in], y [n, out]
template <class S>
void linear_forward(const ConstMatRef<S>& x, const ConstMatRef<S>& weight, RowMatrix<S>& y) {
  y.resize(x.rows(), weight.rows());
  product<S>(x, weight.transpose(), y);
}

/// d_x = d_y · weight,  d_weight = d_yᵀ · x
template <class S>
void linear_backward(const ConstMatRef<S>& x, const ConstMatRef<S>& weight, const ConstMatRef<S>& d_y,
                     RowMatrix<S>& d_x, RowMap<S> d_weight) {
  d_x.resize(d_y.rows(), weight.cols());
  product<S>(d_y, weight, d_x);
  product<S>(d_y.transpose(), x, d_weight);
}

/// y = x / rms(x) · scale, rms over the features of a row.   x, y [n, d]; scale [1, d]; inverse_rms [n]
template <class S>
void rms_norm_forward(const RowMatrix<S>& x, RowMap<S> scale, S eps, RowMatrix<S>& y,
                      Eigen::Array<S, Eigen::Dynamic, 1>& inverse_rms) {
  y.resize(x.rows(), x.cols());
  inverse_rms.resize(x.rows());
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    const S inverse = S(1) / std::sqrt(x.row(i).squaredNorm() / static_cast<S>(x.cols()) + eps);
    inverse_rms[i] = inverse;
    y.row(i).array() = x.row(i).array() * inverse * scale.array();
  }
}

/// Adds to d_x (the residual stream already carries a gradient) and to d_scale.
template <class S>
void rms_norm_backward(const RowMatrix<S>& x, RowMap<S> scale,
                       const Eigen::Array<S, Eigen::Dynamic, 1>& inverse_rms, const RowMatrix<S>& d_y,
                       RowMatrix<S>& d_x, RowMap<S> d_scale) {
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    const S inverse = inverse_rms[i];
    d_scale.array() += d_y.row(i).array() * x.row(i).array() * inverse;
    // With u = scale · d_y: d_x = u/r − x · (u·x) / (d r³).
    const S dot = (d_y.row(i).array() * scale.array() * x.row(i).array()).sum();
    const S pull = dot * inverse * inverse * inverse / static_cast<S>(x.cols());
    d_x.row(i).array() += d_y.row(i).array() * scale.array() * inverse - x.row(i).array() * pull;
  }
}

/// cos and sin of position × frequency, for the half-split pairing (feature i turns with feature i +
/// head_dim/2).
template <class S>
struct RotaryTable {
  RowMatrix<S> cos, sin;  ///< [max_tokens, head_dim / 2]
  explicit RotaryTable(const DecoderShape& shape) {
    const int half = shape.head_dim() / 2;
    cos.resize(shape.max_tokens, half), sin.resize(shape.max_tokens, half);
    for (int t = 0; t < shape.max_tokens; ++t) {
      for (int i = 0; i < half; ++i) {
        const double angle_rad = t * std::pow(shape.rope_theta, -double(i) / half);
        cos(t, i) = static_cast<S>(std::cos(angle_rad));
        sin(t, i) = static_cast<S>(std::sin(angle_rad));
      }
    }
  }
};

/// Turns one row of heads in place; direction −1 turns back, which is also the backward pass.
///   row  n_heads × head_dim values
template <class S>
void rotate_heads(S* row, int n_heads, int head_dim, const S* cos, const S* sin, S direction) {
  const int half = head_dim / 2;
  for (int h = 0; h < n_heads; ++h, row += head_dim) {
    for (int i = 0; i < half; ++i) {
      const S a = row[i], b = row[i + half], s = direction * sin[i];
      row[i] = a * cos[i] - b * s;
      row[i + half] = b * cos[i] + a * s;
    }
  }
}

/// y = silu(gate) · up, with gate and up side by side.   gate_up [n, 2 f]; y [n, f]
template <class S>
void swiglu_forward(const RowMatrix<S>& gate_up, RowMatrix<S>& y) {
  const Eigen::Index f = gate_up.cols() / 2;
  y.resize(gate_up.rows(), f);
  for (Eigen::Index i = 0; i < gate_up.rows(); ++i) {
    const auto gate = gate_up.row(i).head(f).array(), up = gate_up.row(i).tail(f).array();
    y.row(i).array() = gate / (S(1) + (-gate).exp()) * up;
  }
}

/// d_gate_up [n, 2 f] from d_y [n, f]
template <class S>
void swiglu_backward(const RowMatrix<S>& gate_up, const RowMatrix<S>& d_y, RowMatrix<S>& d_gate_up) {
  const Eigen::Index f = gate_up.cols() / 2;
  d_gate_up.resize(gate_up.rows(), 2 * f);
  Eigen::Array<S, 1, Eigen::Dynamic> sigmoid(f);
  for (Eigen::Index i = 0; i < gate_up.rows(); ++i) {
    const auto gate = gate_up.row(i).head(f).array(), up = gate_up.row(i).tail(f).array();
    const auto d = d_y.row(i).array();
    sigmoid = (S(1) + (-gate).exp()).inverse();
    d_gate_up.row(i).head(f).array() = d * up * sigmoid * (S(1) + gate * (S(1) - sigmoid));
    d_gate_up.row(i).tail(f).array() = d * gate * sigmoid;
  }
}

/// Softmax cross-entropy, weighted per row. Turns `logits` into their gradient in place.
///   logits [n, vocab]; targets, weights [n]; a row of weight 0 costs nothing
///   returns  Σ weightᵢ · −log p(targetᵢ)
template <class S>
double cross_entropy(RowMatrix<S>& logits, std::span<const int> targets, std::span<const S> weights) {
  double loss = 0;
  for (Eigen::Index i = 0; i < logits.rows(); ++i) {
    auto row = logits.row(i).array();
    const S weight = weights[static_cast<std::size_t>(i)];
    if (weight == S(0)) {
      row.setZero();
      continue;
    }
    const int target = targets[static_cast<std::size_t>(i)];
    const S peak = row.maxCoeff(), at_target = row[target];
    row = (row - peak).exp();
    const S sum = row.sum();
    loss += static_cast<double>(weight) *
            (std::log(static_cast<double>(sum)) + static_cast<double>(peak - at_target));
    row *= weight / sum;
    row[target] -= weight;
  }
  return loss;
}

}  // namespace headscope
