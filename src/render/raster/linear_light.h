#pragma once

#include <array>
#include <cmath>

#include "scene/geometry.h"

namespace headscope {

/// sRGB-encoded, in [0, 1] -> linear light; as shaders/common.glsl has it.
inline float decode_srgb(float c) {
  return c <= 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
}

/// The same from a table, within 1e-6: for thousands of colours a frame.
inline float decode_srgb_fast(float c) {
  constexpr int kSteps = 1024;
  static const std::array<float, kSteps + 2> table = [] {
    std::array<float, kSteps + 2> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = decode_srgb(static_cast<float>(i) / static_cast<float>(kSteps));
    }
    return values;
  }();
  const float at = (c > 0 ? c < 1 ? c : 1.0f : 0.0f) * static_cast<float>(kSteps);  // 0 also for no number
  const auto low = static_cast<std::size_t>(at);
  return table[low] + (at - static_cast<float>(low)) * (table[low + 1] - table[low]);
}

}  // namespace headscope
