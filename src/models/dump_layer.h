#pragma once

#include <algorithm>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "trace/attention_trace.h"

namespace headscope {

/// A layer whose matrices came from a file; those that the file lacks are empty.
class DumpLayer final : public AttentionLayer {
 public:
  struct Sizes {
    int n_heads = 0, n_query = 0, n_key = 0, head_dim = 0;
  };
  /// Row-major, head after head; all but `weights` may be empty.
  struct Numbers {
    std::vector<float> weights, scores;       ///< [n_heads, n_query, n_key]
    std::vector<float> query, key, value, z;  ///< [n_heads, n_query or n_key, head_dim]
  };
  DumpLayer(Sizes sizes, Numbers numbers) : sizes_(sizes), numbers_(std::move(numbers)) {}

  int n_heads() const override { return sizes_.n_heads; }
  int n_kv_heads() const override { return sizes_.n_heads; }
  int head_dim() const override { return sizes_.head_dim; }
  int n_query() const override { return sizes_.n_query; }
  int n_key() const override { return sizes_.n_key; }
  float scale() const override { return 1; }
  bool keeps_weights() const override { return true; }
  bool has_scores() const override { return !numbers_.scores.empty(); }
  /// Whether the file holds what the weights were computed from.
  bool has_arithmetic() const {
    return !numbers_.scores.empty() && !numbers_.query.empty() && !numbers_.key.empty();
  }

  void weights_row(int head, int query, std::span<float> row) const override {
    const auto n = static_cast<std::size_t>(sizes_.n_key);
    const std::size_t at = (static_cast<std::size_t>(head) * static_cast<std::size_t>(sizes_.n_query) +
                            static_cast<std::size_t>(query)) *
                           n;
    std::copy_n(numbers_.weights.begin() + static_cast<std::ptrdiff_t>(at), n, row.begin());
  }
  Matrix weights(int head) const override {
    return part(numbers_.weights, head, sizes_.n_query, sizes_.n_key);
  }
  Matrix scores(int head) const override { return part(numbers_.scores, head, sizes_.n_query, sizes_.n_key); }
  Matrix query(int head) const override {
    return part(numbers_.query, head, sizes_.n_query, sizes_.head_dim);
  }
  Matrix key(int head) const override { return part(numbers_.key, head, sizes_.n_key, sizes_.head_dim); }
  Matrix value(int head) const override { return part(numbers_.value, head, sizes_.n_key, sizes_.head_dim); }
  Matrix z(int head) const override { return part(numbers_.z, head, sizes_.n_query, sizes_.head_dim); }

 private:
  /// What the file lacks is not a number, never 0.
  static Matrix part(const std::vector<float>& all, int head, int rows, int cols) {
    if (all.empty()) return Matrix::Constant(rows, cols, std::numeric_limits<float>::quiet_NaN());
    const std::ptrdiff_t size = std::ptrdiff_t{rows} * cols;
    return Eigen::Map<const Matrix>(all.data() + size * head, rows, cols);
  }

  Sizes sizes_;
  Numbers numbers_;
};

}  // namespace headscope
