#pragma once

#include <cstddef>

#include "core/activation_kind.h"

namespace headscope {

/// f(x), elementwise.
float activate(Activation activation, float x);
/// f'(x), elementwise; the slope of ReLU at 0 is 0.
float activation_slope(Activation activation, float x);

/// In place over `n` contiguous values.
void activate(Activation activation, float* values, std::ptrdiff_t n);

/// gate := f(gate) * up, in place: the gated feed-forward of Llama (SiLU) and Gemma (GELU).
void activate_gated(Activation activation, float* gate, const float* up, std::ptrdiff_t n);

}  // namespace headscope
