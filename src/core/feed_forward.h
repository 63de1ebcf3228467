#pragma once

#include "core/activation.h"
#include "core/types.h"

namespace headscope {

/// The two or three matrices of a feed-forward block, each as torch.nn.Linear stores it; empty biases stand
/// for zeros.
struct FeedForwardParams {
  Activation activation = Activation::GeluTanh;
  Matrix gate;  ///< [d_hidden, d_model]; empty: plain, not gated
  Matrix up;    ///< [d_hidden, d_model]
  Matrix down;  ///< [d_model, d_hidden]
  Vector gate_bias, up_bias, down_bias;
};

/// Plain: down f(up x). Gated: down (f(gate x) * up x) (Shazeer, 2020).
///   input    [n_tokens, d_model]
///   returns  [n_tokens, d_model]
Matrix feed_forward(const MatrixView& input, const FeedForwardParams& params);

}  // namespace headscope
