#include "models/narrow_weights.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <vector>

#include "io/dtype.h"

namespace headscope {

PackedLinear pack_linear(std::span<const float> weights, int n_out, int n_in, WeightLayout layout,
                         const float* bias, WeightStorage storage, ThreadPool* pool) {
  assert(weights.size() == static_cast<std::size_t>(n_out) * static_cast<std::size_t>(n_in));
  if (storage == WeightStorage::F32) return {weights.data(), n_out, n_in, layout, bias, pool};
  std::vector<std::uint16_t> narrow(weights.size());
  std::ranges::transform(weights, narrow.begin(), [&](float weight) {
    return storage == WeightStorage::F16
               ? half_from_float(weight)
               : static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(weight) >> 16);
  });
  return {WeightView{narrow.data(), storage}, n_out, n_in, layout, bias, pool};
}

}  // namespace headscope
