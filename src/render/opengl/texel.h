#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "scene/geometry.h"

namespace headscope {

/// 16 bytes that a shader fetches at once.
using Texel = std::array<std::uint32_t, 4>;

inline Texel float_texel(float a, float b, float c, float d) {
  return {std::bit_cast<std::uint32_t>(a), std::bit_cast<std::uint32_t>(b), std::bit_cast<std::uint32_t>(c),
          std::bit_cast<std::uint32_t>(d)};
}

/// 16-bit parts: faint ribbons have alphas far below 1/255.
inline std::uint32_t pack_unorm16(float low, float high) {
  const auto part = [](float v) {
    return static_cast<std::uint32_t>(std::clamp(v, 0.0f, 1.0f) * 65535.0f + 0.5f);
  };
  return part(low) | part(high) << 16;
}

/// Two colours, sRGB-encoded and straight, as unpack_color() of common.glsl reads them.
inline Texel color_texel(Color a, Color b) {
  return {pack_unorm16(a.r, a.g), pack_unorm16(a.b, a.a), pack_unorm16(b.r, b.g), pack_unorm16(b.b, b.a)};
}

}  // namespace headscope
