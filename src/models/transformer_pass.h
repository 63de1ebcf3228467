#pragma once

#include <algorithm>

#include "models/transformer.h"

/// What the files of the engine share; nobody else includes it.
namespace headscope {

/// Below this many multiplications a step runs on the calling thread alone.
inline constexpr double kSmallWork = 1 << 18;

/// Calls body(first, n) for blocks of rows that tile [0, n_rows).
template <class Body>
void for_rows(ThreadPool& pool, int n_rows, double work_per_row, Body body) {
  if (n_rows * work_per_row < kSmallWork || n_rows < 2) {
    body(0, n_rows);
    return;
  }
  const int step = std::max(1, std::min(16, n_rows / pool.n_threads()));
  pool.parallel_for((n_rows + step - 1) / step, [&](int chunk) {
    const int first = chunk * step;
    body(first, std::min(step, n_rows - first));
  });
}

/// What one call of `forward` works on.
struct Transformer::Pass {
  Pass(const ForwardRequest& r, const TransformerConfig& config);

  bool stopped() const { return request.stop.stop_requested(); }
  int position(int row) const {
    return positions.empty() ? first + row : positions[static_cast<std::size_t>(first + row)];
  }

  const ForwardRequest& request;
  int n_tokens, first, n;
  std::vector<int> own_positions;    ///< where the stack counts its tokens in a way of its own
  std::span<const int> positions;    ///< [n_tokens]; empty: 0, 1, 2, …
  FloatRows stream;                  ///< [n, d_model] the residual stream
  FloatRows normed;                  ///< [n, d_model]
  FloatRows z;                       ///< [n, n_heads head_dim]
  FloatRows inner;                   ///< [n, d_feed_forward], gated: gate and up side by side
  std::shared_ptr<LayerRows> rows;   ///< of the layer at hand
  std::shared_ptr<CrossRows> cross;  ///< of the layer at hand, with cross-attention
};

}  // namespace headscope
