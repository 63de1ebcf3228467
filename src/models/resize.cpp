#include "models/resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace headscope {
namespace {

// Weights are whole multiples of 2⁻²²: eight bits of colour and two for sums outside of 0 to 255 still fit
// beside them. Rounding them so is part of giving Pillow's levels.
constexpr int kWeightBits = 32 - 8 - 2;

double sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

/// Half the width of the filter when nothing shrinks.
double reach_of(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::Box:
      return 0.5;
    case ResizeFilter::Bicubic:
      return 2;
    case ResizeFilter::Lanczos:
      return 3;
    default:
      return 1;
  }
}

double weight_at(ResizeFilter filter, double x) {
  const double d = std::abs(x);
  switch (filter) {
    case ResizeFilter::Box:
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    case ResizeFilter::Hamming:
      // 0.54 and 0.46 are float32 there.
      return d < 1 ? sinc(d) * (d == 0 ? 1.0 : 0.54f + 0.46f * std::cos(std::numbers::pi * d)) : 0;
    case ResizeFilter::Bicubic:  // Keys' cubic with a = -1/2
      if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * -0.5 : 0;
    case ResizeFilter::Lanczos:
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    default:
      return d < 1 ? 1 - d : 0;
  }
}

/// The old pixels that one new pixel is made of, along one axis.
struct Taps {
  int first = 0;
  std::vector<std::int32_t> weights;
};

std::vector<Taps> taps_of(int n_old, int n_new, ResizeFilter filter) {
  const double scale = static_cast<double>(n_old) / n_new, stretch = std::max(scale, 1.0);
  const double reach = reach_of(filter) * stretch;
  std::vector<Taps> all(static_cast<std::size_t>(n_new));
  std::vector<double> weights;
  for (int i = 0; i < n_new; ++i) {
    Taps& taps = all[static_cast<std::size_t>(i)];
    const double center = (i + 0.5) * scale;
    if (filter == ResizeFilter::Nearest) {
      taps = {std::min(static_cast<int>(center), n_old - 1), {1 << kWeightBits}};
      continue;
    }
    taps.first = std::max(0, static_cast<int>(center - reach + 0.5));
    const int end = std::min(n_old, static_cast<int>(center + reach + 0.5));
    weights.clear();
    double sum = 0;
    for (int x = taps.first; x < end; ++x) {
      weights.push_back(weight_at(filter, (x - center + 0.5) * (1.0 / stretch)));
      sum += weights.back();
    }
    for (const double weight : weights) {
      const double exact = (sum != 0 ? weight / sum : weight) * (1 << kWeightBits);
      taps.weights.push_back(static_cast<std::int32_t>(exact < 0 ? exact - 0.5 : exact + 0.5));
    }
  }
  return all;
}

/// One new pixel from old ones that lie `stride` bytes apart.
void mix(const std::uint8_t* old, std::ptrdiff_t stride, const Taps& taps, std::uint8_t* out) {
  std::int32_t sum[3] = {1 << (kWeightBits - 1), 1 << (kWeightBits - 1), 1 << (kWeightBits - 1)};
  for (const std::int32_t weight : taps.weights) {
    for (int c = 0; c < 3; ++c) sum[c] += old[c] * weight;
    old += stride;
  }
  for (int c = 0; c < 3; ++c) out[c] = static_cast<std::uint8_t>(std::clamp(sum[c] >> kWeightBits, 0, 255));
  out[3] = 255;
}

Image blank(int width, int height) {
  return {width, height,
          std::vector<std::uint8_t>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4)};
}

std::ptrdiff_t offset(const Image& image, int x, int y) {
  return (static_cast<std::ptrdiff_t>(y) * image.width + x) * 4;
}

}  // namespace

Image resize(const Image& image, int width, int height, ResizeFilter filter) {
  assert(width >= 1 && height >= 1 && image.width >= 1 && image.height >= 1);
  const std::vector<Taps> columns = taps_of(image.width, width, filter);
  const std::vector<Taps> rows = taps_of(image.height, height, filter);
  Image wide = blank(width, image.height), out = blank(width, height);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Taps& taps = columns[static_cast<std::size_t>(x)];
      mix(image.rgba.data() + offset(image, taps.first, y), 4, taps, wide.rgba.data() + offset(wide, x, y));
    }
  }
  for (int y = 0; y < height; ++y) {
    const Taps& taps = rows[static_cast<std::size_t>(y)];
    for (int x = 0; x < width; ++x) {
      mix(wide.rgba.data() + offset(wide, x, taps.first), static_cast<std::ptrdiff_t>(width) * 4, taps,
          out.rgba.data() + offset(out, x, y));
    }
  }
  return out;
}

}  // namespace headscope
