#include "models/resample_sound.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace headscope {
namespace {

constexpr int kZeroCrossings = 32, kSteps = 512;  ///< the kernel is tabled kSteps times between two crossings
constexpr double kBeta = 9;
/// A little of the band is given up, so that the slope of the filter ends where the new rate's mirror begins.
constexpr double kRollOff = 0.95;

/// The modified Bessel function of the first kind and order 0, by its power series.
double bessel_i0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; term > sum * 1e-17; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

/// [kZeroCrossings · kSteps + 2] of the windowed sinc for x ≥ 0; 0 from the last crossing on.
std::vector<double> kernel_table() {
  std::vector<double> table(static_cast<std::size_t>(kZeroCrossings) * kSteps + 2, 0.0);
  for (int i = 0; i < kZeroCrossings * kSteps; ++i) {
    const double x = static_cast<double>(i) / kSteps, edge = x / kZeroCrossings;
    const double sinc = i == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
    table[static_cast<std::size_t>(i)] =
        sinc * bessel_i0(kBeta * std::sqrt(1 - edge * edge)) / bessel_i0(kBeta);
  }
  return table;
}

}  // namespace

std::vector<float> resample_sound(std::span<const float> samples, int from_rate, int to_rate) {
  assert(from_rate >= 1 && to_rate >= 1);
  if (from_rate == to_rate) return {samples.begin(), samples.end()};
  static const std::vector<double> table = kernel_table();
  // In units of old samples: the cut-off as a share of the old rate's, and how far the kernel reaches.
  const double cut = kRollOff * std::min(1.0, static_cast<double>(to_rate) / from_rate);
  const double reach = kZeroCrossings / cut;
  const auto n_old = static_cast<std::int64_t>(samples.size());
  const std::int64_t n_new = (n_old * to_rate + from_rate - 1) / from_rate;
  std::vector<float> out(static_cast<std::size_t>(n_new));
  for (std::int64_t i = 0; i < n_new; ++i) {
    // Whole and fraction apart, so that a long sound does not drift.
    const std::int64_t whole = i * from_rate / to_rate;
    const double fraction = static_cast<double>(i * from_rate % to_rate) / to_rate;
    const auto first = std::max<std::int64_t>(0, whole - static_cast<std::int64_t>(reach));
    const auto last = std::min<std::int64_t>(n_old - 1, whole + static_cast<std::int64_t>(reach) + 1);
    double sum = 0;
    for (std::int64_t k = first; k <= last; ++k) {
      const double at = std::abs(static_cast<double>(k - whole) - fraction) * cut * kSteps;
      if (at >= kZeroCrossings * kSteps) continue;
      const auto step = static_cast<std::size_t>(at);
      const double part = at - static_cast<double>(step);
      sum += samples[static_cast<std::size_t>(k)] * (table[step] + part * (table[step + 1] - table[step]));
    }
    out[static_cast<std::size_t>(i)] = static_cast<float>(sum * cut);
  }
  return out;
}

}  // namespace headscope
