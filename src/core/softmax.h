#pragma once

#include <span>

#include "core/types.h"

namespace headscope {

/// Keeps a score within (-cap, cap) smoothly: cap * tanh(score / cap) (Gemma 2). No cap when `cap` is 0.
float soft_cap(float score, float cap);
Matrix soft_cap(const MatrixView& scores, float cap);

/// One row of softmax(logits / temperature), exact in the corners:
/// - a masked weight is 0, whatever its logit, and a row without a visible key is all 0;
/// - the largest logit is subtracted first, so huge logits are no trouble and tied logits get equal weights;
/// - a visible logit of -inf gets 0; logits of +inf share the row among themselves;
/// - temperature 0 gives the row to the largest logit, in equal shares when several tie;
/// - a visible NaN makes every visible weight of the row NaN: it is not hidden.
///   logits, weights   [n_key]; may be the same memory
///   visible           [n_key], or null when every key is visible
/// REQUIRES: temperature ≥ 0.
void softmax_row(std::span<const float> logits, const bool* visible, std::span<float> weights,
                 float temperature = 1.0f);

///   logits    [n_query, n_key]
///   visible   [n_query, n_key]
///   returns   [n_query, n_key]   rows sum to 1, or are 0 when nothing is visible
Matrix softmax(const MatrixView& logits, const BoolMatrix& visible, float temperature = 1.0f);
Matrix softmax(const MatrixView& logits, float temperature = 1.0f);

/// The gradient of a softmax row with respect to its logits: weights * (grad - Σ weights * grad) /
/// temperature.
///   weights, grad   [n_query, n_key]
Matrix softmax_backward(const MatrixView& weights, const MatrixView& grad, float temperature = 1.0f);

}  // namespace headscope
