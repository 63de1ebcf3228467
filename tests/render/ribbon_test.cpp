#include <gtest/gtest.h>

#include "picture_fixture.h"
#include "render/opengl/ribbon_segments.h"

namespace headscope {
namespace {

/// Light in a column of the picture: the thickness of what crosses it, in pixels.
double column_sum(const Image& image, int x) {
  double sum = 0;
  for (int y = 0; y < image.height; ++y) sum += linear_pixel(image, x, y)[1];
  return sum;
}

TEST(Ribbons, a_band_of_any_thickness_covers_that_many_pixels) {
  for (const float width : {0.08f, 0.25f, 0.5f, 0.9f, 1.0f, 1.4f, 2.0f, 3.3f, 4.0f, 9.5f}) {
    for (const float y : {30.0f, 30.25f, 30.5f, 31.1f}) {
      Layout layout = black_layout();
      add(layout, line({4, y}, {60, y}, width));
      const Image image = picture(still_scene(layout));
      EXPECT_NEAR(column_sum(image, 32), width, 0.02 * std::max(width, 1.0f))
          << "width " << width << " at " << y;
    }
  }
}

TEST(Ribbons, width_four_on_the_pixel_grid_lights_exactly_four_pixels) {
  Layout layout = black_layout();
  add(layout, line({4, 30}, {60, 30}, 4));
  const Image image = picture(still_scene(layout));
  for (int y = 0; y < 64; ++y) EXPECT_EQ(byte_pixel(image, 32, y)[0], y >= 28 && y < 32 ? 255 : 0) << y;
}

TEST(Ribbons, a_slanted_hairline_keeps_its_light_without_gaps) {
  Layout layout = black_layout();
  add(layout, line({2, 3}, {62, 47}, 0.5f));
  const Image image = picture(still_scene(layout));
  const double seen_in_column = 0.5 / std::cos(std::atan2(44.0, 60.0));
  for (int x = 8; x < 56; ++x) EXPECT_NEAR(column_sum(image, x), seen_in_column, 0.1) << x;
}

TEST(Ribbons, butt_ends_stop_at_the_end_and_round_ends_reach_half_a_width_further) {
  for (const bool round : {false, true}) {
    Layout layout = black_layout();
    RibbonState band = line({20, 32}, {44, 32}, 10);
    band.round_caps = round ? 1.0f : 0.0f;
    add(layout, band);
    const Image image = picture(still_scene(layout));
    EXPECT_EQ(byte_pixel(image, 20, 32)[0], 255);
    EXPECT_EQ(byte_pixel(image, 43, 32)[0], 255);
    EXPECT_EQ(byte_pixel(image, 16, 31)[0], round ? 255 : 0);
    EXPECT_EQ(byte_pixel(image, 47, 31)[0], round ? 255 : 0);
    EXPECT_EQ(byte_pixel(image, 14, 31)[0], 0);
    EXPECT_EQ(byte_pixel(image, 49, 31)[0], 0);
    EXPECT_EQ(byte_pixel(image, 15, 27)[0], 0) << "a round end has no corner";
  }
}

TEST(Ribbons, a_straight_butt_ribbon_fills_exactly_its_cell) {
  Layout layout = black_layout();
  add(layout, line({10, 20}, {30, 20}, 16));  // the cell x 10…30, y 12…28
  const Image image = picture(still_scene(layout));
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      const bool inside = x >= 10 && x < 30 && y >= 12 && y < 28;
      ASSERT_EQ(byte_pixel(image, x, y)[0], inside ? 255 : 0) << x << ", " << y;
    }
  }
}

TEST(Ribbons, colour_runs_from_one_end_to_the_other) {
  Layout layout = black_layout();
  RibbonState band = line({4, 32}, {60, 32}, 8);
  band.color0 = rgb(0xFF0000);
  band.color3 = rgb(0x0000FF);
  add(layout, band);
  const Image image = picture(still_scene(layout));
  EXPECT_GT(byte_pixel(image, 6, 32)[0], 240);
  EXPECT_LT(byte_pixel(image, 6, 32)[2], 30);
  EXPECT_NEAR(byte_pixel(image, 32, 32)[0], 128, 6);
  EXPECT_NEAR(byte_pixel(image, 32, 32)[2], 128, 6);
  EXPECT_GT(byte_pixel(image, 57, 32)[2], 240);
}

TEST(Ribbons, later_ones_lie_on_top) {
  Layout layout = black_layout();
  add(layout, line({4, 32}, {60, 32}, 8, rgb(0xFF0000)), 1);
  add(layout, line({32, 4}, {32, 60}, 8, rgb(0x00FF00)), 2);
  const Image image = picture(still_scene(layout));
  EXPECT_EQ(byte_pixel(image, 32, 32), (std::array<int, 4>{0, 255, 0, 255}));
}

TEST(Ribbons, the_highlighted_one_is_lit_and_on_top) {
  Layout layout = black_layout();
  add(layout, line({4, 32}, {60, 32}, 6, rgb(0x206020, 0.3f)), 1);
  add(layout, line({32, 4}, {32, 60}, 6, rgb(0x602020, 0.3f)), 2);
  Scene scene = still_scene(layout);
  const Image plain = picture(scene);
  scene.highlighted = 1;
  const Image lit = picture(scene);
  EXPECT_GT(linear_pixel(lit, 12, 32)[1], 2.5 * linear_pixel(plain, 12, 32)[1]);
  EXPECT_GT(linear_pixel(lit, 32, 32)[1], 2 * linear_pixel(lit, 32, 32)[0]);
  EXPECT_EQ(byte_pixel(lit, 32, 12), byte_pixel(plain, 32, 12));
}

int segments(const RibbonState& state, float px) {
  return cut_ribbon({state, state}, px).segments;
}

TEST(Ribbons, segments_follow_length_and_curvature) {
  RibbonState straight = line({0, 0}, {500, 300}, 2);
  EXPECT_EQ(segments(straight, 1), 1);
  RibbonState low = straight, high = straight;
  low.p0 = {0, 0}, low.p1 = {190, 0}, low.p2 = {190, 8}, low.p3 = {380, 8};
  high.p0 = {0, 0}, high.p1 = {190, 0}, high.p2 = {190, 300}, high.p3 = {380, 300};
  EXPECT_LE(segments(low, 1), 6);
  EXPECT_GT(segments(high, 1), 2 * segments(low, 1));
  EXPECT_GT(segments(high, 3), segments(high, 1));
  EXPECT_LE(segments(high, 100), kMaxRibbonSegments);
}

TEST(Ribbons, no_chord_leaves_the_curve_by_more_than_the_tolerance) {
  struct Shape {
    Vec2 p1, p2, p3;
  };
  for (const Shape& shape : {Shape{{190, 0}, {190, 100}, {380, 100}},
                             {{190, 0}, {190, 600}, {380, 600}},
                             {{0, -300}, {400, -300}, {400, 0}},
                             {{120, 0}, {60, 250}, {300, 400}},
                             {{200, 10}, {100, -80}, {300, 0}},
                             {{0, 0}, {300, 300}, {300, 300}}}) {
    RibbonState r = line({0, 0}, shape.p3, 1);
    r.p1 = shape.p1;
    r.p2 = shape.p2;
    const RibbonCut cut = cut_ribbon({r, r}, 1);
    const auto place = [&](int i) {  // as shaders/ribbon.vert has it
      const float t = static_cast<float>(i) / static_cast<float>(cut.segments), s = 2 * t - 1;
      return cut.dense_ends ? 0.5f + 0.5f * std::copysign(std::pow(std::abs(s), 2.0f / 3), s) : t;
    };
    const auto at = [&](float t) {
      const float s = 1 - t;
      return (s * s * s) * r.p0 + (3 * s * s * t) * r.p1 + (3 * s * t * t) * r.p2 + (t * t * t) * r.p3;
    };
    for (int i = 0; i < cut.segments; ++i) {
      const Vec2 a = at(place(i)), b = at(place(i + 1)), chord = b - a;
      for (int j = 1; j < 8; ++j) {
        const Vec2 p = at(place(i) + (place(i + 1) - place(i)) * static_cast<float>(j) / 8) - a;
        const float away = std::abs(chord.x * p.y - chord.y * p.x) / length(chord);
        EXPECT_LT(away, 0.3f) << "segment " << i << " of " << cut.segments << " to " << shape.p3.x << ", "
                              << shape.p3.y;
      }
    }
  }
}

TEST(Ribbons, a_curve_stays_within_half_a_pixel_of_the_true_one) {
  Layout layout = black_layout(400, 300);
  RibbonState arc = line({20, 280}, {380, 280}, 3);
  arc.p1 = {20, -60};
  arc.p2 = {380, -60};
  add(layout, arc);
  const Image image = picture(still_scene(layout), {400, 300});
  for (int step = 1; step < 200; ++step) {
    const float t = static_cast<float>(step) / 200, s = 1 - t;
    const Vec2 p =
        (s * s * s) * arc.p0 + (3 * s * s * t) * arc.p1 + (3 * s * t * t) * arc.p2 + (t * t * t) * arc.p3;
    EXPECT_GT(linear_pixel(image, static_cast<int>(p.x), static_cast<int>(p.y))[1], 0.9) << "t " << t;
  }
}

}  // namespace
}  // namespace headscope
