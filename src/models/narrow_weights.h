#pragma once

#include <span>

#include "core/linear.h"

namespace headscope {

/// A layer whose weights are kept as `storage` says. Numbers that were widened from it become themselves
/// again; others are rounded to the nearest (F16) or cut (Bf16). F16 holds numbers up to 65504.
///   weights  n_out * n_in numbers in `layout`
PackedLinear pack_linear(std::span<const float> weights, int n_out, int n_in, WeightLayout layout,
                         const float* bias, WeightStorage storage, ThreadPool* pool = nullptr);

}  // namespace headscope
