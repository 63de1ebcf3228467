#include "scene/palette.h"

#include <algorithm>
#include <cmath>

namespace headscope {
namespace {

struct OkLab {
  float lightness, a, b;
};

float encode(float linear) {
  return linear <= 0.0031308f ? 12.92f * linear : 1.055f * std::pow(linear, 1 / 2.4f) - 0.055f;
}
float decode(float encoded) {
  return encoded <= 0.04045f ? encoded / 12.92f : std::pow((encoded + 0.055f) / 1.055f, 2.4f);
}

/// Linear sRGB; components may leave [0, 1].
Color linear_from(OkLab c) {
  const float l = std::pow(c.lightness + 0.3963377774f * c.a + 0.2158037573f * c.b, 3.0f);
  const float m = std::pow(c.lightness - 0.1055613458f * c.a - 0.0638541728f * c.b, 3.0f);
  const float s = std::pow(c.lightness - 0.0894841775f * c.a - 1.2914855480f * c.b, 3.0f);
  return {4.0767416621f * l - 3.3077115913f * m + 0.2309699292f * s,
          -1.2684380046f * l + 2.6097574011f * m - 0.3413193965f * s,
          -0.0041960863f * l - 0.7034186147f * m + 1.7076147010f * s};
}

OkLab oklab_from(Color color) {
  const float r = decode(color.r), g = decode(color.g), b = decode(color.b);
  const float l = std::cbrt(0.4122214708f * r + 0.5363325363f * g + 0.0514459929f * b);
  const float m = std::cbrt(0.2119034982f * r + 0.6806995451f * g + 0.1073969566f * b);
  const float s = std::cbrt(0.0883024619f * r + 0.2817188376f * g + 0.6299787005f * b);
  return {0.2104542553f * l + 0.7936177850f * m - 0.0040720468f * s,
          1.9779984951f * l - 2.4285922050f * m + 0.4505937099f * s,
          0.0259040371f * l + 0.7827717662f * m - 0.8086757660f * s};
}

bool in_gamut(Color c) {
  constexpr float kSlack = 1e-4f;
  return std::min({c.r, c.g, c.b}) >= -kSlack && std::max({c.r, c.g, c.b}) <= 1 + kSlack;
}

Color encoded(Color linear) {
  return {encode(std::clamp(linear.r, 0.0f, 1.0f)), encode(std::clamp(linear.g, 0.0f, 1.0f)),
          encode(std::clamp(linear.b, 0.0f, 1.0f))};
}

/// Even steps along `anchors`, mixed in OKLab.
template <std::size_t N>
Color along(const std::array<unsigned, N>& anchors, float value) {
  const float at = std::clamp(value, 0.0f, 1.0f) * static_cast<float>(N - 1);
  const auto i = std::min(static_cast<std::size_t>(at), N - 2);
  return mix_colors(rgb(anchors[i]), rgb(anchors[i + 1]), at - static_cast<float>(i));
}

// Ten even samples of matplotlib's maps (van der Walt & Smith 2015; Nuñez, Anderton & Renslow 2018).
constexpr std::array<unsigned, 10> kViridis = {0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E,
                                               0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B, 0xFDE725};
constexpr std::array<unsigned, 10> kCividis = {0x00224E, 0x123570, 0x3B496C, 0x575D6D, 0x707173,
                                               0x8A8678, 0xA59C74, 0xC3B369, 0xE1CC55, 0xFEE838};
constexpr std::array<float, 8> kHueDeg = {25, 60, 95, 140, 180, 215, 250, 285};
// Okabe & Ito 2008; on light ground black takes the place of yellow's neighbour, on dark ground grey.
constexpr std::array<unsigned, 8> kOkabeItoDark = {0xE69F00, 0x56B4E9, 0x009E73, 0xF0E442,
                                                   0x3D8FD1, 0xD55E00, 0xCC79A7, 0xB8BFCC};
constexpr std::array<unsigned, 8> kOkabeItoLight = {0xE69F00, 0x56B4E9, 0x009E73, 0xC9B900,
                                                    0x0072B2, 0xD55E00, 0xCC79A7, 0x000000};

}  // namespace

const ThemeColors& theme_colors(Theme theme) {
  static constexpr ThemeColors kDark = {rgb(0x0C1018), rgb(0x131924), rgb(0x1A2230),
                                        rgb(0x263247), rgb(0xE7ECF5), rgb(0x8A97AE),
                                        rgb(0xFFB454), rgb(0x2B2115), rgb(0x7FD1FF)};
  static constexpr ThemeColors kLight = {rgb(0xFBFAF7), rgb(0xFFFFFF), rgb(0xF1EFEA),
                                         rgb(0xD9D4C8), rgb(0x1B2230), rgb(0x5D6678),
                                         rgb(0xD9730D), rgb(0xFCE9D3), rgb(0x0B75B0)};
  return theme == Theme::Dark ? kDark : kLight;
}

Color oklch(float lightness, float chroma, float hue_deg) {
  const float hue_rad = hue_deg * 3.14159265f / 180;
  const auto at = [&](float c) {
    return linear_from({lightness, c * std::cos(hue_rad), c * std::sin(hue_rad)});
  };
  if (in_gamut(at(chroma))) return encoded(at(chroma));
  float low = 0, high = chroma;
  for (int i = 0; i < 16; ++i) (in_gamut(at((low + high) / 2)) ? low : high) = (low + high) / 2;
  return encoded(at(low));
}

Color mix_colors(Color a, Color b, float t) {
  const OkLab x = oklab_from(a), y = oklab_from(b);
  Color mixed = encoded(linear_from(
      {x.lightness + t * (y.lightness - x.lightness), x.a + t * (y.a - x.a), x.b + t * (y.b - x.b)}));
  mixed.a = a.a + t * (b.a - a.a);
  return mixed;
}

Color head_color(int head, Palette palette, Theme theme) {
  const auto i = static_cast<std::size_t>(head % 8);
  if (palette == Palette::OkabeIto) return rgb((theme == Theme::Dark ? kOkabeItoDark : kOkabeItoLight)[i]);
  return oklch(theme == Theme::Dark ? 0.76f : 0.58f, 0.135f, kHueDeg[i]);
}

std::vector<Color> stage_colors(std::span<const HeadRef> heads, Palette palette, Theme theme) {
  std::array<bool, 8> used{};
  std::vector<int> slots;
  // First everyone who can keep the own hue, then the others.
  for (const HeadRef& ref : heads) {
    bool& taken = used[static_cast<std::size_t>(ref.head % 8)];
    slots.push_back(taken ? -1 : ref.head % 8);
    taken = true;
  }
  std::vector<Color> colors;
  for (std::size_t i = 0; i < heads.size(); ++i) {
    if (slots[i] < 0) {
      const auto free = std::find(used.begin(), used.end(), false);
      slots[i] = free == used.end() ? heads[i].head % 8 : static_cast<int>(free - used.begin());
      if (free != used.end()) *free = true;
    }
    colors.push_back(head_color(slots[i], palette, theme));
  }
  return colors;
}

Color matrix_color(ColorMap map, float value, Color tint) {
  switch (map) {
    case ColorMap::Tint:
      return tint.with_alpha(tint.a * std::clamp(value, 0.0f, 1.0f));
    case ColorMap::Viridis:
      return along(kViridis, value);
    case ColorMap::Cividis:
      return along(kCividis, value);
    case ColorMap::Signed: {
      const float signed_value = std::clamp(2 * value - 1, -1.0f, 1.0f);
      return (signed_value >= 0 ? rgb(0xFFA95C) : rgb(0x4C9BF5)).with_alpha(std::abs(signed_value));
    }
  }
  return {};
}

ColorMap color_map(MatrixColors colors) {
  switch (colors) {
    case MatrixColors::Viridis:
      return ColorMap::Viridis;
    case MatrixColors::Cividis:
      return ColorMap::Cividis;
    case MatrixColors::Head:
      return ColorMap::Tint;
  }
  return ColorMap::Viridis;
}

std::array<Color, 256> color_table(ColorMap map, Color tint) {
  std::array<Color, 256> table;
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = matrix_color(map, static_cast<float>(i) / 255, tint);
  return table;
}

}  // namespace headscope
