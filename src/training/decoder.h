#pragma once

#include <span>
#include <utility>
#include <vector>

#include "training/attention_block.h"

namespace headscope {

/// Rows of equally long token sequences with what follows each token.
/// A weight says how much a prediction counts; 0 is padding.
template <class S>
struct TokenBatch {
  int batch = 0, n_tokens = 0;
  std::vector<int> inputs, targets;  ///< [batch · n_tokens]
  std::vector<S> weights;            ///< [batch · n_tokens]
};

/// Heads whose output z is set to zero: (layer, head).
using AblatedHeads = std::vector<std::pair<int, int>>;

/// Forward and backward pass of a decoder, with the activations that the backward pass needs. One object a
/// thread.
template <class S>
class Decoder {
 public:
  explicit Decoder(const DecoderShape& shape)
      : shape_(shape), rotary_(shape), layers_(static_cast<std::size_t>(shape.n_layers)) {}

  /// Runs `batch` and leaves vocabulary logits in `logits()`, [batch · n_tokens, vocab_size].
  void forward(DecoderParams<S>& params, const TokenBatch<S>& batch, const AblatedHeads& ablated = {}) {
    assert(batch.n_tokens <= shape_.max_tokens);
    const RowMap<S> embedding = params.embedding();
    x_.resize(Eigen::Index{batch.batch} * batch.n_tokens, shape_.d_model);
    for (Eigen::Index i = 0; i < x_.rows(); ++i)
      x_.row(i) = embedding.row(batch.inputs[static_cast<std::size_t>(i)]);
    for (int l = 0; l < shape_.n_layers; ++l) layer_forward(params, l, batch, ablated);
    rms_norm_forward<S>(x_, params.final_norm(), eps(), last_, last_inverse_rms_);
    linear_forward<S>(last_, embedding, logits_);
  }

  /// After `forward`: writes the gradient of the weighted cross-entropy; returns the summed loss.
  double backward(DecoderParams<S>& params, const TokenBatch<S>& batch, DecoderParams<S>& gradient) {
    const double loss = cross_entropy<S>(logits_, batch.targets, batch.weights);
    linear_backward<S>(last_, params.embedding(), logits_, d_norm_, gradient.embedding());
    d_x_.setZero(x_.rows(), x_.cols());
    gradient.final_norm().setZero();
    rms_norm_backward<S>(x_, params.final_norm(), last_inverse_rms_, d_norm_, d_x_, gradient.final_norm());
    for (int l = shape_.n_layers - 1; l >= 0; --l) layer_backward(params, l, batch, gradient);
    RowMap<S> d_embedding = gradient.embedding();
    for (Eigen::Index i = 0; i < d_x_.rows(); ++i) {
      d_embedding.row(batch.inputs[static_cast<std::size_t>(i)]) += d_x_.row(i);
    }
    return loss;
  }

  const RowMatrix<S>& logits() const { return logits_; }
  /// Attention weights of a layer after `forward`.
  AttentionBlock<S>& attention(int layer) { return layers_[static_cast<std::size_t>(layer)].attention; }

 private:
  struct Layer {
    RowMatrix<S> x, h, qkv, z, x_mid, h_mid, gate_up, act;  ///< [n, …], n = batch · n_tokens
    Eigen::Array<S, Eigen::Dynamic, 1> inverse_rms, inverse_rms_mid;
    AttentionBlock<S> attention;
  };

  S eps() const { return static_cast<S>(shape_.norm_eps); }

  void rotate(RowMatrix<S>& qkv, int n_tokens, S direction) {
    const int d = shape_.d_model, width = shape_.head_dim();
    for (Eigen::Index i = 0; i < qkv.rows(); ++i) {
      const Eigen::Index t = i % n_tokens;
      const S *cos = &rotary_.cos(t, 0), *sin = &rotary_.sin(t, 0);
      rotate_heads(&qkv(i, 0), shape_.n_heads, width, cos, sin, direction);
      rotate_heads(&qkv(i, d), shape_.n_heads, width, cos, sin, direction);
    }
  }

  void layer_forward(DecoderParams<S>& params, int l, const TokenBatch<S>& batch,
                     const AblatedHeads& ablated) {
    Layer& a = layers_[static_cast<std::size_t>(l)];
    a.x = x_;
    rms_norm_forward<S>(a.x, params.attention_norm(l), eps(), a.h, a.inverse_rms);
    linear_forward<S>(a.h, params.qkv(l), a.qkv);
    rotate(a.qkv, batch.n_tokens, S(1));
    a.attention.forward(a.qkv, batch.batch, batch.n_tokens, shape_.n_heads, a.z);
    for (const auto& [layer, head] : ablated) {
      if (layer == l) a.z.middleCols(head * shape_.head_dim(), shape_.head_dim()).setZero();
    }
    linear_forward<S>(a.z, params.out(l), delta_);
    a.x_mid = x_ + delta_;
    rms_norm_forward<S>(a.x_mid, params.mlp_norm(l), eps(), a.h_mid, a.inverse_rms_mid);
    linear_forward<S>(a.h_mid, params.gate_up(l), a.gate_up);
    swiglu_forward<S>(a.gate_up, a.act);
    linear_forward<S>(a.act, params.down(l), delta_);
    x_ = a.x_mid + delta_;
  }

  /// d_x_: in, gradient at the layer's output; out, gradient at its input.
  void layer_backward(DecoderParams<S>& params, int l, const TokenBatch<S>& batch,
                      DecoderParams<S>& gradient) {
    Layer& a = layers_[static_cast<std::size_t>(l)];
    gradient.attention_norm(l).setZero();
    gradient.mlp_norm(l).setZero();
    linear_backward<S>(a.act, params.down(l), d_x_, d_act_, gradient.down(l));
    swiglu_backward<S>(a.gate_up, d_act_, d_wide_);
    linear_backward<S>(a.h_mid, params.gate_up(l), d_wide_, d_norm_, gradient.gate_up(l));
    rms_norm_backward<S>(a.x_mid, params.mlp_norm(l), a.inverse_rms_mid, d_norm_, d_x_, gradient.mlp_norm(l));
    linear_backward<S>(a.z, params.out(l), d_x_, d_act_, gradient.out(l));
    a.attention.backward(a.qkv, d_act_, d_wide_);
    rotate(d_wide_, batch.n_tokens, S(-1));
    linear_backward<S>(a.h, params.qkv(l), d_wide_, d_norm_, gradient.qkv(l));
    rms_norm_backward<S>(a.x, params.attention_norm(l), a.inverse_rms, d_norm_, d_x_,
                         gradient.attention_norm(l));
  }

  DecoderShape shape_;
  RotaryTable<S> rotary_;
  std::vector<Layer> layers_;
  RowMatrix<S> x_, delta_, last_, logits_;
  Eigen::Array<S, Eigen::Dynamic, 1> last_inverse_rms_;
  RowMatrix<S> d_x_, d_norm_, d_act_, d_wide_;
};

}  // namespace headscope
