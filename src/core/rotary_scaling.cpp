#include "core/rotary_scaling.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "core/rotary.h"

namespace headscope {
namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

/// The base at which a text of this length turns its slowest pair as far as one of n_original did.
double dynamic_base(int n_rotated, double base, const RotaryScaling& scaling, int n_tokens) {
  assert(n_rotated > 2);
  const double stretch = static_cast<double>(std::max(n_tokens, scaling.n_original)) / scaling.n_original;
  const double grown = scaling.factor * stretch - (scaling.factor - 1);
  return base * std::pow(grown, static_cast<double>(n_rotated) / (n_rotated - 2));
}

/// The feature pair, as a real number, that turns `n_turns` times within n_original tokens.
double pair_of_turns(double n_turns, int n_rotated, double base, int n_original) {
  return n_rotated * std::log(n_original / (n_turns * kTwoPi)) / (2 * std::log(base));
}

Vector yarn(int n_rotated, double base, const RotaryScaling& scaling, Vector frequencies) {
  double low = pair_of_turns(scaling.beta_fast, n_rotated, base, scaling.n_original);
  double high = pair_of_turns(scaling.beta_slow, n_rotated, base, scaling.n_original);
  if (scaling.truncate) low = std::floor(low), high = std::ceil(high);
  low = std::max(low, 0.0);
  high = std::min(high, n_rotated - 1.0);
  if (low == high) high += 0.001;  // a step instead of a ramp, as the published code makes it
  for (Eigen::Index i = 0; i < frequencies.size(); ++i) {
    const double divided = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
    frequencies[i] = static_cast<float>(frequencies[i] * (divided / scaling.factor + (1 - divided)));
  }
  return frequencies;
}

Vector llama3(const RotaryScaling& scaling, Vector frequencies) {
  const double low = scaling.low_freq_factor, high = scaling.high_freq_factor;
  for (float& frequency : frequencies) {
    const double turns = scaling.n_original * static_cast<double>(frequency) / kTwoPi;
    const double kept = std::clamp((turns - low) / (high - low), 0.0, 1.0);
    frequency = static_cast<float>(frequency * ((1 - kept) / scaling.factor + kept));
  }
  return frequencies;
}

}  // namespace

int RotaryScaling::regime(int n_tokens) const {
  if (kind == RotaryScalingKind::Dynamic) return std::max(n_tokens, n_original);
  if (kind == RotaryScalingKind::LongRope) return n_tokens > n_original ? 1 : 0;
  return 0;
}

Vector scaled_frequencies(int n_rotated, double base, const RotaryScaling& scaling, int n_tokens) {
  if (scaling.kind == RotaryScalingKind::Dynamic) base = dynamic_base(n_rotated, base, scaling, n_tokens);
  Vector frequencies = rotary_frequencies(n_rotated, static_cast<float>(base));
  switch (scaling.kind) {
    case RotaryScalingKind::None:
    case RotaryScalingKind::Dynamic:
      return frequencies;
    case RotaryScalingKind::Linear:
      return frequencies / static_cast<float>(scaling.factor);
    case RotaryScalingKind::Yarn:
      return yarn(n_rotated, base, scaling, std::move(frequencies));
    case RotaryScalingKind::Llama3:
      return llama3(scaling, std::move(frequencies));
    case RotaryScalingKind::LongRope: {
      const auto& divisors = scaling.regime(n_tokens) ? scaling.long_divisors : scaling.short_divisors;
      assert(static_cast<int>(divisors.size()) == n_rotated / 2);
      return frequencies.array() / Eigen::Map<const Eigen::ArrayXf>(divisors.data(), n_rotated / 2);
    }
  }
  return frequencies;
}

}  // namespace headscope
