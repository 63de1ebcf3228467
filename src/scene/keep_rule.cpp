#include "scene/keep_rule.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "core/types.h"
#include "scene/row_lanes.h"

namespace headscope {
namespace {

/// One number that orders weights, ties by the earlier key: positive floats sort like their bits.
std::uint64_t code_of(float weight, std::size_t key) {
  return static_cast<std::uint64_t>(std::bit_cast<std::uint32_t>(weight)) << 32 | (0xFFFFFFFFu - key);
}
float weight_of(std::uint64_t code) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(code >> 32));
}

/// The smallest of the fewest codes whose weights reach `goal`, or of the `most` largest ones if these are
/// fewer: a quickselect that follows the mass, since sorting every row of every head would cost more than all
/// the rest. Reorders `codes`.
std::uint64_t last_kept(std::vector<std::uint64_t>& codes, float goal, std::size_t most) {
  std::size_t begin = 0, end = codes.size(), taken = 0;
  float mass = 0;
  std::uint64_t last = ~std::uint64_t{0};
  while (begin < end) {
    std::swap(codes[begin + (end - begin) / 2], codes[end - 1]);
    const std::uint64_t pivot = codes[end - 1];
    std::size_t larger = begin;
    float above = 0;
    for (std::size_t i = begin; i + 1 < end; ++i) {
      if (codes[i] <= pivot) continue;
      above += weight_of(codes[i]);
      std::swap(codes[i], codes[larger++]);
    }
    if (mass + above >= goal || taken + (larger - begin) >= most) {
      end = larger;
      continue;
    }
    mass += above + weight_of(pivot);
    taken += larger - begin + 1;
    last = pivot;
    if (mass >= goal || taken >= most) return last;
    std::swap(codes[larger], codes[end - 1]);
    begin = larger + 1;
  }
  return last;
}

}  // namespace

void keep_keys(std::span<const float> row, const KeepRule& rule, std::vector<int>& kept) {
  kept.clear();
  const float sum = Eigen::Map<const Vector>(row.data(), static_cast<Eigen::Index>(row.size())).sum();
  const bool all = rule.cumulative_mass >= 1 && rule.top_k <= 0;
  if (all || row.empty() || sum < 1e-30f) {
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k] > 0 && row[k] >= rule.threshold) kept.push_back(static_cast<int>(k));
    return;
  }
  const float goal = rule.cumulative_mass >= 1 ? INFINITY : rule.cumulative_mass * sum;
  const std::size_t most = rule.top_k > 0 ? static_cast<std::size_t>(rule.top_k) : row.size();
  thread_local std::vector<float> shown;  // the row, 0 below the threshold
  shown.resize(row.size());
  std::uint32_t n_zeros = 0;
  for (std::size_t k = 0; k < row.size(); ++k) {
    shown[k] = row[k] >= rule.threshold ? row[k] : 0.0f;
    n_zeros += shown[k] > 0 ? 0u : 1u;
  }

  // Mass and number by size, in steps of half an octave below the largest: the cut lies in one of these
  // steps, and only its few weights need be ordered. No branch depends on a weight: it would be guessed wrong
  // half the time.
  constexpr std::uint32_t kSteps = 32;
  constexpr int kShift = 22;
  std::array<float, kSteps> mass{};
  std::array<std::uint32_t, kSteps> count{};
  const float largest =
      Eigen::Map<const Vector>(row.data(), static_cast<Eigen::Index>(row.size())).maxCoeff();
  const std::uint32_t top = std::bit_cast<std::uint32_t>(largest);
  const auto step_of = [top](float w) {
    return std::min(kSteps - 1, (top - std::bit_cast<std::uint32_t>(w)) >> kShift);
  };
  for (const float w : shown) {
    mass[step_of(w)] += w;
    ++count[step_of(w)];
  }
  count[kSteps - 1] -= n_zeros;  // 0 lies below every step but the last
  std::uint32_t step = 0;
  float reached = 0;
  std::size_t taken = 0;
  for (; step < kSteps && reached + mass[step] < goal && taken + count[step] < most; ++step) {
    reached += mass[step];
    taken += count[step];
  }
  std::uint64_t last = std::uint64_t{1} << 32;  // the smallest positive weight
  if (step < kSteps) {
    thread_local std::vector<std::uint64_t> codes;
    codes.clear();
    for (std::size_t k = 0; k < shown.size(); ++k)
      if (step_of(shown[k]) == step && shown[k] > 0) codes.push_back(code_of(shown[k], k));
    last = last_kept(codes, goal - reached, most - taken);
  }
  kept.resize(row.size());
  std::size_t n_kept = 0;
  for (std::size_t k = 0; k < shown.size(); ++k) {
    kept[n_kept] = static_cast<int>(k);
    n_kept += static_cast<std::size_t>(code_of(shown[k], k) >= last);
  }
  kept.resize(n_kept);
}

void keep_strong_keys(std::span<const float> row, const KeepRule& rule, float floor, std::vector<int>& kept) {
  if (floor <= 0) return keep_keys(row, rule, kept);
  const float least = std::max(floor, rule.threshold);
  std::array<float, kLanes> sums{}, masses{};
  int n_strong = 0;
  for (std::size_t begin = 0; begin < row.size(); begin += kLanes) {
    std::array<float, kLanes> some{};
    std::copy_n(row.data() + begin, std::min(kLanes, row.size() - begin), some.data());
    for (std::size_t i = 0; i < kLanes; ++i) {
      const float w = some[i];
      sums[i] += w;
      masses[i] += w >= least ? w : 0.0f;
      n_strong += w >= least ? 1 : 0;
    }
  }
  const float sum = std::accumulate(sums.begin(), sums.end(), 0.0f);
  const float mass = std::accumulate(masses.begin(), masses.end(), 0.0f);
  // As long as the strong ones together are within the rule it keeps all of them, and need not be asked.
  // Rounding decides nothing: what is close is asked.
  const bool within_mass = rule.cumulative_mass >= 1 || mass < 0.9999f * rule.cumulative_mass * sum;
  if (!within_mass || (rule.top_k > 0 && n_strong > rule.top_k)) return keep_keys(row, rule, kept);
  kept.clear();
  if (n_strong == 0) return;
  for (std::size_t k = 0; k < row.size(); ++k)
    if (row[k] >= least) kept.push_back(static_cast<int>(k));
}

}  // namespace headscope
