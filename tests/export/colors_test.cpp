#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "export/quantize.h"
#include "export/yuv.h"

namespace headscope {
namespace {

Image one_color(std::uint8_t r, std::uint8_t g, std::uint8_t b, int side = 8) {
  Image image{side, side, {}};
  image.rgba.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side) * 4);
  for (int i = 0; i < side * side; ++i) {
    for (const std::uint8_t value : {r, g, b, std::uint8_t{255}}) image.rgba.push_back(value);
  }
  return image;
}

struct Planes {
  explicit Planes(const Image& image, bool alpha = false)
      : luma(image.rgba.size() / 4), cb(luma.size() / 4), cr(luma.size() / 4), a(luma.size()) {
    to_yuv420(image, {luma.data(), cb.data(), cr.data(), alpha ? a.data() : nullptr, image.width,
                      image.width / 2, image.width});
  }
  std::vector<std::uint8_t> luma, cb, cr, a;
};

TEST(Yuv, is_bt709_in_limited_range) {
  for (const auto& [r, g, b] : std::vector<std::array<int, 3>>{
           {0, 0, 0}, {255, 255, 255}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {12, 16, 24}, {255, 180, 84}}) {
    const Planes planes(
        one_color(static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)));
    // ITU-R BT.709-6, items 3.2 to 3.4, from components in [0, 1].
    const double luma = (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
    EXPECT_NEAR(planes.luma[5], 16 + 219 * luma, 0.51);
    EXPECT_NEAR(planes.cb[3], 128 + 224 * (b / 255.0 - luma) / 1.8556, 0.51);
    EXPECT_NEAR(planes.cr[3], 128 + 224 * (r / 255.0 - luma) / 1.5748, 0.51);
  }
}

TEST(Yuv, chroma_is_the_mean_of_four_pixels_and_luma_of_each) {
  Image image = one_color(0, 0, 0, 2);
  image.rgba[4 * 3] = 255;  // the last pixel is red
  const Planes planes(image);
  EXPECT_EQ(planes.luma[0], 16);
  EXPECT_EQ(planes.luma[3], 63);
  EXPECT_NEAR(planes.cr[0], 128 + 112 / 4.0, 1);
}

TEST(Yuv, what_is_transparent_does_not_colour_the_edges) {
  Image image = one_color(255, 180, 84, 2);
  const Planes whole(image, true);
  for (const std::size_t pixel : {0u, 1u, 2u})
    for (std::size_t part = 0; part < 4; ++part) image.rgba[4 * pixel + part] = 0;
  const Planes edge(image, true);
  EXPECT_EQ(edge.cb, whole.cb);
  EXPECT_EQ(edge.cr, whole.cr);
  EXPECT_EQ(edge.a, (std::vector<std::uint8_t>{0, 0, 0, 255}));
}

TEST(Palette, few_colours_are_kept_exactly) {
  PaletteMaker maker;
  maker.add(one_color(12, 16, 24));
  maker.add(one_color(255, 180, 84));
  const std::vector<std::uint32_t> palette = maker.palette();
  EXPECT_EQ(std::set<std::uint32_t>(palette.begin(), palette.end()),
            (std::set<std::uint32_t>{0xFF0C1018, 0xFFFFB454}));
}

Image gradient() {
  Image image{256, 64, {}};
  for (int y = 0; y < 64; ++y)
    for (int x = 0; x < 256; ++x)
      image.rgba.insert(image.rgba.end(), {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y * 4),
                                           static_cast<std::uint8_t>((x * 7 + y * 3) & 255), 255});
  return image;
}

TEST(Palette, many_colours_become_256_that_are_close_on_average) {
  const Image image = gradient();
  PaletteMaker maker;
  maker.add(image);
  const std::vector<std::uint32_t> palette = maker.palette();
  EXPECT_GT(palette.size(), 200u);
  EXPECT_LE(palette.size(), 256u);
  Quantizer quantizer(palette);
  std::vector<std::uint8_t> indices(256 * 64);
  quantizer.indices(image, indices.data(), 256);
  double sum = 0;
  for (std::size_t i = 0; i < indices.size(); ++i)
    for (int part = 0; part < 3; ++part)
      sum += std::abs(static_cast<int>(palette[indices[i]] >> (16 - 8 * part) & 255) -
                      image.rgba[i * 4 + static_cast<std::size_t>(part)]);
  EXPECT_LT(sum / static_cast<double>(indices.size() * 3), 16);
}

TEST(Palette, what_is_transparent_stays_so) {
  Image image = one_color(12, 16, 24);
  image.rgba[3] = 0;
  PaletteMaker maker;
  maker.add(image);
  const std::vector<std::uint32_t> palette = maker.palette();
  EXPECT_EQ(palette.back(), 0u);
  Quantizer quantizer(palette);
  std::vector<std::uint8_t> indices(64);
  quantizer.indices(image, indices.data(), 8);
  EXPECT_EQ(palette[indices[0]], 0u);
  EXPECT_EQ(palette[indices[1]], 0xFF0C1018);
}

}  // namespace
}  // namespace headscope
