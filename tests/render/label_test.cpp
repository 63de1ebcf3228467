#include <gtest/gtest.h>

#include "picture_fixture.h"

namespace headscope {
namespace {

Scene words(float size, Color ink = rgb(0xFFFFFF), Vec2 origin = {10, 40}) {
  Layout layout = black_layout(256, 64);
  add(layout, LabelState{origin, size, ink}, test_fonts().shape("HEIL", FontRole::Words, FontWeight::Medium));
  return still_scene(layout);
}

/// Light in the whole picture.
double ink(const Image& image) {
  double sum = 0;
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) sum += linear_pixel(image, x, y)[1];
  }
  return sum;
}

TEST(Labels, ink_grows_with_the_square_of_the_size) {
  const double small = ink(picture(words(10), {256, 64})), large = ink(picture(words(30), {256, 64}));
  EXPECT_GT(small, 20);
  EXPECT_NEAR(large / small, 9, 0.5);
}

TEST(Labels, stand_on_their_base_line_and_start_at_their_origin) {
  const Image image = picture(words(24), {256, 64});
  int left = 256, bottom = 0;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 256; ++x) {
      if (byte_pixel(image, x, y)[0] < 100) continue;
      left = std::min(left, x);
      bottom = std::max(bottom, y);
    }
  }
  EXPECT_EQ(bottom, 39);
  EXPECT_GE(left, 10);
  EXPECT_LE(left, 13);
}

TEST(Labels, are_made_anew_at_every_scale) {
  Scene scene = words(12);
  (void)picture(scene, {256, 64});
  scene.pixel_scale = 4;
  const Image image = picture(scene, {1024, 256});
  // An upright stem of the H: at 48 pixels per em its inside is fully covered and its edge at most two pixels
  // soft.
  int full = 0, partial = 0;
  for (int x = 40; x < 90; ++x) {
    const int value = byte_pixel(image, x, 150)[0];
    full += value == 255;
    partial += value > 0 && value < 255;
  }
  EXPECT_GE(full, 8);
  EXPECT_LE(partial, 8);
}

TEST(Labels, more_text_than_the_first_atlas_holds_is_all_there) {
  Layout layout = black_layout(1600, 900);
  double expected = 0;
  for (int i = 0; i < 12; ++i) {
    const float size = 20 + 3.0f * static_cast<float>(i);
    const LabelState state{{10, 60 + 68.0f * static_cast<float>(i)}, size, rgb(0xFFFFFF)};
    const GlyphRunPtr run =
        test_fonts().shape("ABCDEFGHIJKLMNOPQRSTUVWXYZ", FontRole::Words, FontWeight::Bold);
    add(layout, state, run, static_cast<ElementKey>(i + 1));
    Layout alone = black_layout(1600, 900);
    add(alone, state, run);
    expected += ink(picture(still_scene(alone), {1600, 900}));
  }
  EXPECT_NEAR(ink(picture(still_scene(layout), {1600, 900})), expected, expected * 0.001);
}

TEST(Labels, dark_ink_on_light_looks_as_heavy_as_light_ink_on_dark) {
  // Seen weight: how far the mean encoded value moved from the background towards the ink.
  const auto seen = [](const Image& image, bool dark_ink) {
    double sum = 0;
    for (std::size_t i = 1; i < image.rgba.size(); i += 4)
      sum += dark_ink ? 255 - image.rgba[i] : image.rgba[i];
    return sum;
  };
  const double light = seen(picture(words(13), {256, 64}), false);
  Layout paper = black_layout(256, 64);
  paper.background = rgb(0xFFFFFF);
  add(paper, LabelState{{10, 40}, 13, rgb(0x000000)},
      test_fonts().shape("HEIL", FontRole::Words, FontWeight::Medium));
  const double dark = seen(picture(still_scene(paper), {256, 64}), true);
  EXPECT_GT(dark / light, 0.75);
  EXPECT_LT(dark / light, 1.1);
}

}  // namespace
}  // namespace headscope
