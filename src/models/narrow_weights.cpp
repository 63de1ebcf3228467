#include "models/narrow_weights.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <vector>

#include "core/thread_pool.h"
#include "io/dtype.h"

namespace headscope {

PackedLinear pack_linear(std::span<const float> weights, int n_out, int n_in, WeightLayout layout,
                         const float* bias, WeightStorage storage, ThreadPool* pool) {
  assert(weights.size() == static_cast<std::size_t>(n_out) * static_cast<std::size_t>(n_in));
  if (storage == WeightStorage::F32) return {weights.data(), n_out, n_in, layout, bias, pool};
  std::vector<std::uint16_t> narrow(weights.size());
  const auto narrow_some = [&](std::size_t first, std::size_t n) {
    std::transform(weights.begin() + static_cast<std::ptrdiff_t>(first),
                   weights.begin() + static_cast<std::ptrdiff_t>(first + n),
                   narrow.begin() + static_cast<std::ptrdiff_t>(first), [&](float weight) {
                     return storage == WeightStorage::F16
                                ? half_from_float(weight)
                                : static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(weight) >> 16);
                   });
  };
  constexpr std::size_t kBlock = std::size_t{1} << 18;
  const std::size_t n_blocks = (weights.size() + kBlock - 1) / kBlock;
  if (pool && n_blocks > 1) {
    pool->parallel_for(static_cast<int>(n_blocks), [&](int block) {
      const std::size_t first = static_cast<std::size_t>(block) * kBlock;
      narrow_some(first, std::min(kBlock, weights.size() - first));
    });
  } else {
    narrow_some(0, weights.size());
  }
  return {WeightView{narrow.data(), storage}, n_out, n_in, layout, bias, pool};
}

}  // namespace headscope
