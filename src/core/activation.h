#pragma once

#include "core/types.h"

namespace headscope {

enum class Activation {
  None,
  Relu,      ///< max(0, x)
  GeluErf,   ///< x Φ(x), exact
  GeluTanh,  ///< the tanh approximation of GPT-2 (Hendrycks and Gimpel, 2016)
  Silu,      ///< x / (1 + e^-x)
};

/// f(x), elementwise.
float activate(Activation activation, float x);
/// f'(x), elementwise; the slope of ReLU at 0 is 0.
float activation_slope(Activation activation, float x);

/// In place over `n` contiguous values.
void activate(Activation activation, float* values, std::ptrdiff_t n);

/// gate := f(gate) * up, in place: the gated feed-forward of Llama (SiLU) and Gemma (GELU).
void activate_gated(Activation activation, float* gate, const float* up, std::ptrdiff_t n);

}  // namespace headscope
