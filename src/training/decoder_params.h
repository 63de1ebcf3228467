#pragma once

#include <Eigen/Core>
#include <cassert>
#include <cmath>
#include <vector>

#include "training/random.h"

namespace headscope {

/// The sizes of a decoder of the Llama family: RMS norm, rotary positions (half split), SwiGLU, tied
/// embedding.
struct DecoderShape {
  int vocab_size = 0, d_model = 0, n_layers = 0, n_heads = 0, d_ff = 0;
  int max_tokens = 256;
  double rope_theta = 10000.0, norm_eps = 1e-5;

  int head_dim() const { return d_model / n_heads; }
  bool operator==(const DecoderShape&) const = default;
};

template <class S>
using RowMatrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class S>
using RowMap = Eigen::Map<RowMatrix<S>>;
template <class S>
using ConstRowMap = Eigen::Map<const RowMatrix<S>>;

/// All parameters of a decoder in one flat array, seen as matrices. Linear maps are stored [out, in], as
/// checkpoints do. The same type holds gradients.
template <class S>
class DecoderParams {
 public:
  explicit DecoderParams(const DecoderShape& shape) : shape_(shape) {
    const Eigen::Index d = shape.d_model, f = shape.d_ff, v = shape.vocab_size;
    layer_size_ = 2 * d + 4 * d * d + 3 * d * f;
    values_.setZero(v * d + shape.n_layers * layer_size_ + d);
  }
  const DecoderShape& shape() const { return shape_; }
  Eigen::Array<S, Eigen::Dynamic, 1>& values() { return values_; }
  const Eigen::Array<S, Eigen::Dynamic, 1>& values() const { return values_; }

  RowMap<S> embedding() { return map(0, shape_.vocab_size, shape_.d_model); }     ///< [vocab, d_model]
  RowMap<S> attention_norm(int l) { return map(at(l), 1, d()); }                  ///< [1, d_model]
  RowMap<S> qkv(int l) { return map(at(l) + d(), 3 * d(), d()); }                 ///< [3 d_model, d_model]
  RowMap<S> out(int l) { return map(at(l) + d() + 3 * d() * d(), d(), d()); }     ///< [d_model, d_model]
  RowMap<S> mlp_norm(int l) { return map(at(l) + d() + 4 * d() * d(), 1, d()); }  ///< [1, d_model]
  RowMap<S> gate_up(int l) {
    return map(at(l) + 2 * d() + 4 * d() * d(), 2 * f(), d());
  }  ///< [2 d_ff, d_model]
  RowMap<S> down(int l) {
    return map(at(l) + 2 * d() + 4 * d() * d() + 2 * f() * d(), d(), f());
  }                                                                     ///< [d_model, d_ff]
  RowMap<S> final_norm() { return map(values_.size() - d(), 1, d()); }  ///< [1, d_model]

  /// Normal weights, smaller where a block writes into the residual stream; norms start at 1.
  void initialise(double std_dev, Random random) {
    for (S& value : values_) value = static_cast<S>(std_dev * random.normal());
    const S residual = static_cast<S>(1.0 / std::sqrt(2.0 * shape_.n_layers));
    for (int l = 0; l < shape_.n_layers; ++l) {
      out(l) *= residual;
      down(l) *= residual;
      attention_norm(l).setOnes();
      mlp_norm(l).setOnes();
    }
    final_norm().setOnes();
  }
  /// 1 where weight decay applies (matrices), 0 for the norms.
  Eigen::Array<S, Eigen::Dynamic, 1> decay_mask() const {
    DecoderParams mask(shape_);
    mask.values_.setOnes();
    for (int l = 0; l < shape_.n_layers; ++l) mask.attention_norm(l).setZero(), mask.mlp_norm(l).setZero();
    mask.final_norm().setZero();
    return mask.values_;
  }

 private:
  Eigen::Index d() const { return shape_.d_model; }
  Eigen::Index f() const { return shape_.d_ff; }
  Eigen::Index at(int l) const { return Eigen::Index{shape_.vocab_size} * d() + l * layer_size_; }
  RowMap<S> map(Eigen::Index offset, Eigen::Index rows, Eigen::Index cols) {
    assert(offset + rows * cols <= values_.size());
    return RowMap<S>(values_.data() + offset, rows, cols);
  }

  DecoderShape shape_;
  Eigen::Index layer_size_ = 0;
  Eigen::Array<S, Eigen::Dynamic, 1> values_;
};

}  // namespace headscope
