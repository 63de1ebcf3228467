#include "scene/palette.h"

#include <cmath>

#include <gtest/gtest.h>

namespace headscope {
namespace {

float luminance(Color c) {
  return 0.2126f * std::pow(c.r, 2.2f) + 0.7152f * std::pow(c.g, 2.2f) + 0.0722f * std::pow(c.b, 2.2f);
}
float distance(Color a, Color b) {
  return std::hypot(a.r - b.r, a.g - b.g, a.b - b.b);
}

TEST(Palette, oklch_has_the_published_reference_values) {
  // Ottosson's page: white is (1, 0, 0), red (0.628, 0.2577, 29.23°).
  const Color white = oklch(1, 0, 0), red = oklch(0.62796f, 0.25768f, 29.234f);
  EXPECT_NEAR(white.r, 1, 0.003f);
  EXPECT_NEAR(white.b, 1, 0.003f);
  EXPECT_NEAR(red.r, 1, 0.005f);
  EXPECT_NEAR(red.g, 0, 0.03f);
  EXPECT_NEAR(red.b, 0, 0.03f);
}

TEST(Palette, the_eight_heads_can_be_told_apart_in_every_theme_and_palette) {
  for (const Theme theme : {Theme::Dark, Theme::Light})
    for (const Palette palette : {Palette::Heads, Palette::OkabeIto})
      for (int a = 0; a < 8; ++a)
        for (int b = 0; b < a; ++b)
          EXPECT_GT(distance(head_color(a, palette, theme), head_color(b, palette, theme)), 0.12f)
              << a << " " << b;
}

TEST(Palette, a_head_has_its_colour_whatever_stands_beside_it) {
  const std::vector<HeadRef> heads = {{0, 1}, {2, 5}};
  const std::vector<Color> colors = stage_colors(heads, Palette::Heads, Theme::Dark);
  EXPECT_EQ(colors[0], head_color(1, Palette::Heads, Theme::Dark));
  EXPECT_EQ(colors[1], head_color(5, Palette::Heads, Theme::Dark));
}

TEST(Palette, heads_that_share_a_hue_get_different_colours_on_stage) {
  const std::vector<HeadRef> heads = {{0, 3}, {1, 3}, {2, 3}, {2, 11}, {0, 4}};
  const std::vector<Color> colors = stage_colors(heads, Palette::Heads, Theme::Dark);
  EXPECT_EQ(colors[0], head_color(3, Palette::Heads, Theme::Dark));
  EXPECT_EQ(colors[4], head_color(4, Palette::Heads, Theme::Dark));
  for (std::size_t a = 0; a < colors.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) EXPECT_GT(distance(colors[a], colors[b]), 0.1f);
}

TEST(Palette, sequential_maps_get_lighter_with_every_step) {
  for (const ColorMap map : {ColorMap::Viridis, ColorMap::Cividis}) {
    const std::array<Color, 256> table = color_table(map);
    for (std::size_t i = 1; i < table.size(); ++i)
      EXPECT_GT(luminance(table[i]), luminance(table[i - 1]) - 1e-4f);
  }
}

TEST(Palette, signed_zero_is_the_background) {
  EXPECT_NEAR(matrix_color(ColorMap::Signed, 0.5f).a, 0, 1e-6f);
  EXPECT_GT(matrix_color(ColorMap::Signed, 1).r, matrix_color(ColorMap::Signed, 1).b);
  EXPECT_LT(matrix_color(ColorMap::Signed, 0).r, matrix_color(ColorMap::Signed, 0).b);
}

TEST(Palette, text_is_readable_on_every_ground) {
  for (const Theme theme : {Theme::Dark, Theme::Light}) {
    const ThemeColors& c = theme_colors(theme);
    for (const Color text : {c.text, c.text_secondary, c.accent})
      for (const Color ground : {c.background, c.panel, c.raised}) {
        const float a = luminance(text) + 0.05f, b = luminance(ground) + 0.05f;
        EXPECT_GT(std::max(a, b) / std::min(a, b), 2.8f);
      }
  }
}

}  // namespace
}  // namespace headscope
