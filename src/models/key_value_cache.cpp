#include "models/key_value_cache.h"

#include <algorithm>
#include <cassert>

namespace headscope {

void KeyValueCache::reserve(int n_tokens, int n_kept) {
  if (n_tokens <= capacity_) return;
  assert(n_kept <= capacity_);
  const int n_slots = 2 * shape_.n_kv_heads;
  const int larger = std::max(n_tokens + 32, capacity_ * 2);
  const std::ptrdiff_t larger_size = static_cast<std::ptrdiff_t>(larger) * shape_.head_dim;
  for (FloatBuffer& layer : layers_) {
    FloatBuffer grown(static_cast<std::size_t>(n_slots * larger_size));
    for (int slot = 0; slot < n_slots && n_kept > 0; ++slot) {
      std::copy_n(layer.data() + slot * head_size(), static_cast<std::ptrdiff_t>(n_kept) * shape_.head_dim,
                  grown.data() + slot * larger_size);
    }
    layer = std::move(grown);
  }
  capacity_ = larger;
}

void KeyValueCache::store(int layer, int first, int n, const float* qkv_rows) {
  assert(first + n <= capacity_);
  float* slots = layers_[static_cast<std::size_t>(layer)].data();
  for (int row = 0; row < n; ++row) {
    const float* kv =
        qkv_rows + static_cast<std::ptrdiff_t>(row) * shape_.qkv_stride() + shape_.query_width();
    for (int slot = 0; slot < 2 * shape_.n_kv_heads; ++slot) {
      std::copy_n(kv + slot * shape_.head_dim, shape_.head_dim,
                  slots + slot * head_size() + static_cast<std::ptrdiff_t>(first + row) * shape_.head_dim);
    }
  }
}

}  // namespace headscope
