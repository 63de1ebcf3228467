#pragma once

#include <vector>

#include "trace/layer_record.h"

namespace headscope {

/// Keys and values of the tokens computed last, head by head, so that attention reads each head in one run.
/// Traces keep their own rows; this copy may be overwritten by the next pass.
class KeyValueCache {
 public:
  KeyValueCache(HeadShape shape, int n_layers) : shape_(shape), layers_(static_cast<std::size_t>(n_layers)) {}

  /// Makes room for `n_tokens` and keeps the first `n_kept` rows of every layer.
  void reserve(int n_tokens, int n_kept);

  /// Copies k and v out of qkv rows for tokens first, first + 1, …   qkv_rows [n, qkv_width]
  void store(int layer, int first, int n, const float* qkv_rows);

  /// [≤ capacity, head_dim], rows head_dim apart.
  const float* keys(int layer, int kv_head) const { return head(layer, kv_head); }
  const float* values(int layer, int kv_head) const { return head(layer, shape_.n_kv_heads + kv_head); }

 private:
  const float* head(int layer, int slot) const {
    return layers_[static_cast<std::size_t>(layer)].data() + slot * head_size();
  }
  std::ptrdiff_t head_size() const { return static_cast<std::ptrdiff_t>(capacity_) * shape_.head_dim; }

  HeadShape shape_;
  int capacity_ = 0;
  std::vector<FloatBuffer> layers_;  ///< each [2 n_kv_heads, capacity, head_dim]: keys, then values
};

}  // namespace headscope
