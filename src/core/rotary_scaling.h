#pragma once

#include <vector>

#include "core/types.h"

/// How checkpoints stretch rotary positions beyond the length that they were first trained on.
namespace headscope {

enum class RotaryScalingKind {
  None,
  Linear,    ///< every frequency divided by `factor` (kaiokendev, 2023)
  Dynamic,   ///< a larger base, by as much as the text is longer than `n_original` (NTK-aware, 2023)
  Yarn,      ///< low frequencies divided, high ones kept, a ramp between (Peng et al., 2023)
  Llama3,    ///< the same idea with the bounds given as wavelengths (Llama 3.1)
  LongRope,  ///< one divisor a frequency, from one of two lists by the text's length (Ding et al., 2024)
};

struct RotaryScaling {
  RotaryScalingKind kind = RotaryScalingKind::None;
  double factor = 1;
  int n_original = 0;                    ///< tokens of the first training; Linear does not need it
  double beta_fast = 32, beta_slow = 1;  ///< Yarn: turns within n_original that bound the ramp
  bool truncate = true;                  ///< Yarn: the ramp's ends are rounded outwards to whole features
  double low_freq_factor = 1, high_freq_factor = 4;  ///< Llama3: wavelengths are n_original over these
  std::vector<float> short_divisors, long_divisors;  ///< LongRope: [n_rotated / 2]
  double magnitude = 1;  ///< multiplies sine and cosine: Yarn's and LongRope's attention factor

  /// Rows of texts of different lengths agree only when this number is the same for both.
  ///   n_tokens  the largest position + 1
  int regime(int n_tokens) const;
};

/// The frequencies of a text with `n_tokens` positions, in radians per position. REQUIRES: n_rotated is even,
/// and more than 2 with Dynamic.
///   returns  [n_rotated / 2]
Vector scaled_frequencies(int n_rotated, double base, const RotaryScaling& scaling, int n_tokens);

}  // namespace headscope
