#pragma once

#include <cstddef>

#include "core/key_range.h"

namespace headscope {

/// One head over a run of query rows, in memory that the caller owns. Rows are `…_stride` floats apart, so q,
/// k and v may be columns of one wide matrix, as a fused projection leaves them.
///
/// Order of the steps: score = q · k * scale + bias, soft cap, mask, softmax, mix.
struct HeadJob {
  const float* query = nullptr;  ///< [n_query, head_dim]
  const float* key = nullptr;    ///< [n_key, head_dim]
  const float* value = nullptr;  ///< [n_key, value_dim]; may be null when z is
  std::ptrdiff_t query_stride = 0, key_stride = 0, value_stride = 0;
  int n_query = 0, n_key = 0, head_dim = 0;
  int value_dim = 0;  ///< 0 means head_dim

  float scale = 1.0f;
  float soft_cap = 0.0f;        ///< 0 for none
  const float* bias = nullptr;  ///< [n_query, n_key] added after scaling; null for none
  std::ptrdiff_t bias_stride = 0;
  const KeyRange* ranges = nullptr;  ///< [n_query] keys each query may see; null for all. See causal_ranges
  const bool* visible = nullptr;     ///< [n_query, n_key] holes inside the ranges; null for none
  std::ptrdiff_t visible_stride = 0;

  float* weights = nullptr;  ///< out [n_query, n_key]: exactly 0 where not visible; null when not wanted
  std::ptrdiff_t weights_stride = 0;
  /// The weights' memory already holds zeros outside of the ranges, which are then left alone.
  bool outside_is_zero = false;
  float* z = nullptr;  ///< out [n_query, value_dim]; null when not wanted
  std::ptrdiff_t z_stride = 0;
  float* scores =
      nullptr;  ///< out [n_query, n_key]: what enters the softmax, -inf where not visible; null mostly
  std::ptrdiff_t scores_stride = 0;
};

}  // namespace headscope
