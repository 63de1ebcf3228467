#pragma once

#include <cstddef>

namespace headscope {

/// How the weights of a linear layer lie in memory. The narrow ones are widened, exactly, while they are
/// multiplied; the sums are float32 in all three.
enum class WeightStorage : unsigned char {
  F32,
  F16,   ///< IEEE 754 half precision
  Bf16,  ///< the upper half of a float32
};

constexpr std::size_t bytes_of(WeightStorage storage) {
  return storage == WeightStorage::F32 ? 4 : 2;
}

}  // namespace headscope
