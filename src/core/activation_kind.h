#pragma once

namespace headscope {

enum class Activation {
  None,
  Relu,      ///< max(0, x)
  GeluErf,   ///< x Φ(x), exact
  GeluTanh,  ///< the tanh approximation of GPT-2 (Hendrycks and Gimpel, 2016)
  Silu,      ///< x / (1 + e^-x)
};

}  // namespace headscope
