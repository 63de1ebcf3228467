#pragma once

#include <functional>
#include <vector>

#include "core/mask.h"
#include "core/rotary.h"
#include "core/types.h"

/// Attention told step by step, for teaching, for tests and for looking into one head. The engine computes
/// the same numbers with fast_attention.h.
namespace headscope {

/// The score of every query and key, before scaling.   query [n_query, head_dim], key [n_key, head_dim]
using ScoreFunction = std::function<Matrix(const MatrixView& query, const MatrixView& key)>;

/// What turns q, k and v of one head into weights.
struct HeadRule {
  ScoreFunction score;    ///< empty: q · k
  float scale = 1.0f;     ///< multiplies the raw scores; 1/√head_dim in most models
  Matrix bias;            ///< [n_query, n_key] added after scaling; empty for none
  float soft_cap = 0.0f;  ///< 0 for none
  Mask mask;              ///< query i stands at position first_query + i
  int first_query = 0;
  float temperature = 1.0f;
};

/// Every step of one head.
struct HeadSteps {
  Matrix query;       ///< [n_query, head_dim]
  Matrix key, value;  ///< [n_key, head_dim]
  Matrix raw;         ///< [n_query, n_key] q · k
  Matrix scaled;      ///< raw * scale
  Matrix biased;      ///< scaled + bias
  Matrix capped;      ///< soft cap of biased
  BoolMatrix visible;
  Matrix masked;   ///< capped; -inf where not visible
  Matrix weights;  ///< softmax of masked; rows sum to 1, or are 0 when nothing is visible
  Matrix z;        ///< [n_query, head_dim] weights * value
};

/// One head from its q, k and v.
///   query       [n_query, head_dim]
///   key         [n_key, head_dim]
///   value       [n_key, value_dim]
HeadSteps attend_one_head(const MatrixView& query, const MatrixView& key, const MatrixView& value,
                          const HeadRule& rule);

/// Mixes the values of one head.
///   weights  [n_query, n_key]
///   value    [n_key, head_dim]
///   returns  [n_query, head_dim]; a weight of exactly 0 keeps even an infinite value out
Matrix mix_values(const MatrixView& weights, const MatrixView& value);

/// Projections of a multi-head layer, each as torch.nn.Linear stores it; an empty bias stands for zeros.
struct MultiHeadParams {
  int n_heads = 1;
  int n_kv_heads = 1;   ///< n_heads for plain, 1 for multi-query, between for grouped-query attention
  Matrix query_weight;  ///< [n_heads * head_dim, d_model]
  Matrix key_weight, value_weight;  ///< [n_kv_heads * head_dim, d_memory]
  Matrix output_weight;             ///< [d_model, n_heads * head_dim]
  Vector query_bias, key_bias, value_bias, output_bias;

  int head_dim() const { return static_cast<int>(query_weight.rows()) / n_heads; }
  /// The key and value head that serves `head`.
  int kv_head(int head) const { return head / (n_heads / n_kv_heads); }
};

struct MultiHeadSteps {
  std::vector<HeadSteps> heads;  ///< [n_heads]; key and value repeated for grouped queries
  Matrix concatenated;           ///< [n_query, n_heads * head_dim] every z side by side
  Matrix output;                 ///< [n_query, d_model] after the output projection
};

/// What multi_head_attention does besides projecting.
struct MultiHeadOptions {
  /// The rule of each head; empty: scale 1/√head_dim and `mask`.
  std::function<HeadRule(int head)> rule;
  Mask mask;
  int first_query = 0;                  ///< position of the first row of `input`
  const RotaryTable* rotary = nullptr;  ///< turns q and k (self-attention)
};

/// Self-attention when `memory` is `input`, cross-attention otherwise.
///   input    [n_query, d_model]   the queries look from here
///   memory   [n_key, d_memory]    keys and values come from here
MultiHeadSteps multi_head_attention(const MatrixView& input, const MatrixView& memory,
                                    const MultiHeadParams& params, const MultiHeadOptions& options = {});

}  // namespace headscope
