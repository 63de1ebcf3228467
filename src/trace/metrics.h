#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "core/types.h"

namespace headscope {

/// What one head does on one input, as means over its queries. Pure functions of the weights.
struct HeadMetrics {
  float entropy_bits = 0;    ///< of a query's weights: 0 looks at one key, log2(n) at n keys alike
  float mean_distance = 0;   ///< tokens between a query and what it looks at, weighted
  float first_token = 0;     ///< weight on the first token, over the queries after it
  float previous_token = 0;  ///< weight on the token just before, over the queries after the first
  float own_token = 0;       ///< weight on the query's own token
  float peak = 0;            ///< the largest weight of a query
  /// Weight on what followed earlier occurrences of the query's token, over the queries that have one; none
  /// when no token repeats (Olsson et al., "In-context Learning and Induction Heads", 2022).
  std::optional<float> induction;
  /// Weight on earlier occurrences of the query's token, over the queries that have one.
  std::optional<float> duplicate_token;
};

/// −Σ w·log2 w; a weight of 0 adds nothing.
///   row  [n_key]  sums to 1
float row_entropy_bits(std::span<const float> row);

/// Σ w·|query − key|.
float row_mean_distance(std::span<const float> row, int query);

///   weights    [n_tokens, n_tokens]  rows sum to 1 (rows of zeros count as they are)
///   token_ids  [n_tokens]            for induction and duplicates; may be empty, then there are none
HeadMetrics head_metrics(const MatrixView& weights, std::span<const int> token_ids);

/// What the head is best described as on this input: "previous token", "first token", "own token",
/// "induction", "duplicate token", "spread" (entropy close to that of looking at everything alike), or ""
/// when nothing stands out.
std::string_view head_role(const HeadMetrics& metrics, int n_tokens);

}  // namespace headscope
