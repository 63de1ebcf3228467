#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace headscope {

/// A small generator whose numbers are the same with every compiler and library (std::distributions are not).
/// SplitMix64, Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// An independent stream for one purpose, one step and one row, so that nothing depends on who ran first.
  static Random stream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t a = 0, std::uint64_t b = 0) {
    Random r(seed);
    for (std::uint64_t part : {purpose, a, b}) r.state_ = r.next() ^ (part * 0xD1342543DE82EF95ull + 1);
    return r;
  }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ull);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, n). REQUIRES: n > 0.
  int below(int n) { return static_cast<int>(((next() >> 32) * static_cast<std::uint64_t>(n)) >> 32); }
  int between(int low, int high) { return low + below(high - low + 1); }
  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double p) { return uniform() < p; }
  double normal() {
    const double u = 1.0 - uniform(), v = uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
  }
  template <class Range>
  const auto& pick(const Range& range) {
    return range[static_cast<std::size_t>(below(static_cast<int>(std::size(range))))];
  }
  template <class Range>
  void shuffle(Range& range) {
    for (int i = static_cast<int>(std::size(range)) - 1; i > 0; --i) {
      const int j = below(i + 1);
      if (i != j) std::swap(range[static_cast<std::size_t>(i)], range[static_cast<std::size_t>(j)]);
    }
  }

 private:
  std::uint64_t state_;
};

}  // namespace headscope
