#include <gtest/gtest.h>

#include "picture_fixture.h"

namespace headscope {
namespace {

BoxState box(Rect rect, Color fill) {
  BoxState s;
  s.rect = rect;
  s.fill = fill;
  return s;
}

TEST(Blending, half_white_over_black_has_half_the_light) {
  Layout layout = black_layout();
  add(layout, box({8, 8, 48, 48}, rgb(0xFFFFFF, 0.5f)));
  EXPECT_NEAR(byte_pixel(picture(still_scene(layout)), 32, 32)[0], 188,
              1);  // 127 where encoded values are mixed
}

TEST(Blending, opaque_colours_come_out_as_they_were_written) {
  Layout layout = black_layout();
  layout.background = rgb(0x0C1018);
  add(layout, box({8, 8, 20, 20}, rgb(0xFFB454)), 1);
  add(layout, line({40, 20}, {60, 20}, 12, rgb(0x7FD1FF)), 2);
  const Image image = picture(still_scene(layout));
  EXPECT_EQ(byte_pixel(image, 2, 2), (std::array<int, 4>{0x0C, 0x10, 0x18, 255}));
  EXPECT_EQ(byte_pixel(image, 18, 18), (std::array<int, 4>{0xFF, 0xB4, 0x54, 255}));
  EXPECT_EQ(byte_pixel(image, 50, 20), (std::array<int, 4>{0x7F, 0xD1, 0xFF, 255}));
}

TEST(Blending, many_faint_layers_add_up) {
  Layout layout = black_layout();
  for (int i = 0; i < 40; ++i) add(layout, line({4, 32}, {60, 32}, 8, rgb(0xFFFFFF, 0.01f)), i + 1);
  const double expected = 1 - std::pow(1 - 0.01, 40);
  EXPECT_NEAR(linear_pixel(picture(still_scene(layout)), 32, 32)[0], expected, 0.03);
}

TEST(Blending, a_transparent_picture_keeps_straight_colours_and_alpha) {
  Layout layout = black_layout();
  layout.background = rgb(0x3060A0);
  add(layout, box({8, 8, 20, 20}, rgb(0xFFB454, 0.25f)), 1);
  add(layout, line({40, 20}, {60, 20}, 12, rgb(0x7FD1FF)), 2);
  Scene scene = still_scene(layout);
  scene.transparent = true;
  const Image image = picture(scene);
  EXPECT_EQ(byte_pixel(image, 2, 2), (std::array<int, 4>{0, 0, 0, 0}));
  const std::array<int, 4> faint = byte_pixel(image, 18, 18);
  EXPECT_NEAR(faint[0], 0xFF, 1);
  EXPECT_NEAR(faint[1], 0xB4, 1);
  EXPECT_NEAR(faint[2], 0x54, 1);
  EXPECT_NEAR(faint[3], 64, 1);
  EXPECT_EQ(byte_pixel(image, 50, 20), (std::array<int, 4>{0x7F, 0xD1, 0xFF, 255}));
}

TEST(Blending, dimming_goes_all_the_way_to_the_background) {
  Layout layout = black_layout();
  layout.background = rgb(0x0C1018);
  add(layout, box({8, 8, 48, 48}, rgb(0xFFB454)));
  Scene scene = still_scene(layout);
  scene.dim = 0.5f;
  const Image half = picture(scene);
  EXPECT_NEAR(linear_pixel(half, 32, 32)[1], 0.5 * decode(0xB4) + 0.5 * decode(0x10), 0.01);
  EXPECT_EQ(byte_pixel(half, 2, 2), (std::array<int, 4>{0x0C, 0x10, 0x18, 255}));
  scene.dim = 1;
  EXPECT_EQ(byte_pixel(picture(scene), 32, 32), (std::array<int, 4>{0x0C, 0x10, 0x18, 255}));
}

TEST(Boxes, stroke_lies_inside_the_edge_and_corners_are_round) {
  Layout layout = black_layout();
  BoxState pill = box({10, 10, 44, 24}, rgb(0x00FF00));
  pill.radius = 12;
  pill.border = 2;
  pill.stroke = rgb(0xFF0000);
  add(layout, pill);
  const Image image = picture(still_scene(layout));
  EXPECT_EQ(byte_pixel(image, 32, 10), (std::array<int, 4>{255, 0, 0, 255}));
  EXPECT_EQ(byte_pixel(image, 32, 11), (std::array<int, 4>{255, 0, 0, 255}));
  EXPECT_EQ(byte_pixel(image, 32, 12), (std::array<int, 4>{0, 255, 0, 255}));
  EXPECT_EQ(byte_pixel(image, 32, 9)[0], 0);
  EXPECT_EQ(byte_pixel(image, 11, 11)[0], 0);
  EXPECT_EQ(byte_pixel(image, 22, 22), (std::array<int, 4>{0, 255, 0, 255}));
}

TEST(Boxes, those_of_negative_layers_lie_under_ribbons_and_the_others_above) {
  Layout layout = black_layout();
  add(layout, box({8, 8, 20, 48}, rgb(0xFF0000)), 1, -1);
  add(layout, box({36, 8, 20, 48}, rgb(0x0000FF)), 2, 0);
  add(layout, line({4, 32}, {60, 32}, 8, rgb(0x00FF00)), 3);
  const Image image = picture(still_scene(layout));
  EXPECT_EQ(byte_pixel(image, 18, 32), (std::array<int, 4>{0, 255, 0, 255}));
  EXPECT_EQ(byte_pixel(image, 46, 32), (std::array<int, 4>{0, 0, 255, 255}));
}

}  // namespace
}  // namespace headscope
