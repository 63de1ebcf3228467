#include <gtest/gtest.h>

#include "picture_fixture.h"

// Ribbons drawn without the driver look as those that it draws.

namespace headscope {
namespace {

double mean_difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.rgba.size(); ++i) sum += std::abs(a.rgba[i] - b.rgba[i]);
  return sum / static_cast<double>(a.rgba.size());
}

/// S-curve, arc, straight line, loop: each with a thickness at either end.
RibbonState shape(int kind, float width0, float width3, float caps) {
  RibbonState s = line({20, 30}, {270, 170}, width0, rgb(0x7FD1FF, 0.8f));
  if (kind == 0) s.p1 = {145, 30}, s.p2 = {145, 170};
  if (kind == 1) s.p0 = {20, 180}, s.p1 = {20, 10}, s.p2 = {250, 10}, s.p3 = {250, 180};
  if (kind == 2) s.p1 = {20, 110}, s.p2 = {270, 90};
  s.width3 = width3;
  s.round_caps = caps;
  return s;
}

TEST(RibbonLayer, one_ribbon_of_any_shape_looks_as_the_drivers) {
  for (int kind = 0; kind < 4; ++kind) {
    for (const auto& [width0, width3] : {std::pair{0.4f, 0.4f}, {2.0f, 2.0f}, {1.0f, 9.0f}, {14.0f, 14.0f}}) {
      for (const float caps : {0.0f, 1.0f}) {
        Layout layout = black_layout(300, 200);
        add(layout, shape(kind, width0, width3, caps));
        const Scene scene = still_scene(layout);
        const Image own = picture(scene, {300, 200}, test_renderer(RibbonDrawing::Own));
        const Image driver = picture(scene, {300, 200}, test_renderer(RibbonDrawing::Driver));
        // The driver cuts a round end short where the curve bends within it.
        const int most = caps > 0 && std::max(width0, width3) > 3 ? 120 : 30;
        EXPECT_LE(largest_difference(own, driver), most)
            << "shape " << kind << ", thickness " << width0 << " to " << width3 << ", caps " << caps;
        EXPECT_LT(mean_difference(own, driver), 0.04);
      }
    }
  }
}

/// The colour of what can hardly be seen means little.
Image premultiplied(Image image) {
  for (std::size_t i = 0; i < image.rgba.size(); ++i) {
    if (i % 4 < 3) image.rgba[i] = static_cast<std::uint8_t>(image.rgba[i] * image.rgba[i / 4 * 4 + 3] / 255);
  }
  return image;
}

/// Many ribbons over a box, with a background.
Layout crowd(float shift) {
  Layout layout = black_layout(300, 200);
  layout.background = rgb(0x204060);
  BoxState under;
  under.rect = {100, 60, 90, 70};
  under.fill = rgb(0xFBFAF7);
  add(layout, under, 1000, -1);
  for (int i = 0; i < 60; ++i) {
    const auto f = static_cast<float>(i);
    RibbonState s = line({10, 5 + 3 * f}, {280 - shift, 190 - 3 * f}, 0.2f + 0.05f * f, rgb(0xFFB454, 0.5f));
    s.p1 = {150, 5 + 3 * f};
    s.p2 = {140, 190 - 3 * f};
    s.color3 = rgb(0x7FD1FF, 0.1f + 0.01f * f);
    add(layout, s, static_cast<ElementKey>(i + 1));
  }
  return layout;
}

TEST(RibbonLayer, a_crowd_in_the_middle_of_a_morph_looks_as_the_drivers) {
  Scene scene;
  scene.morph =
      make_morph(std::make_shared<const Layout>(crowd(0)), std::make_shared<const Layout>(crowd(90)));
  scene.mix = 0.4f;
  scene.pixel_scale = 1.5f;
  for (const bool transparent : {false, true}) {
    scene.transparent = transparent;
    const Image own = premultiplied(picture(scene, {450, 300}, test_renderer(RibbonDrawing::Own)));
    const Image driver = premultiplied(picture(scene, {450, 300}, test_renderer(RibbonDrawing::Driver)));
    EXPECT_LE(largest_difference(own, driver), 40);
    EXPECT_LT(mean_difference(own, driver), 0.5);
  }
}

TEST(RibbonLayer, a_picture_in_tiles_is_the_same_picture) {
  const Scene scene = still_scene(crowd(0));
  RendererOptions options;
  options.ribbons = RibbonDrawing::Own;
  options.max_tile = 70;
  const auto tiled = make_offscreen_renderer(test_fonts(), shaders_dir(), options);
  ASSERT_TRUE(tiled.ok());
  const Image whole = picture(scene, {300, 200}, test_renderer(RibbonDrawing::Own));
  EXPECT_LE(largest_difference(whole, picture(scene, {300, 200}, **tiled)), 1);
}

TEST(RibbonLayer, what_changed_is_drawn_again) {
  Renderer& own = test_renderer(RibbonDrawing::Own);
  Scene scene = still_scene(crowd(0));
  const Image first = picture(scene, {300, 200}, own);
  EXPECT_EQ(largest_difference(first, picture(scene, {300, 200}, own)), 0);
  scene.camera.offset = {40, 0};
  EXPECT_GT(largest_difference(first, picture(scene, {300, 200}, own)), 30);
  scene.camera.offset = {};
  EXPECT_EQ(largest_difference(first, picture(scene, {300, 200}, own)), 0);
  scene.highlighted = 30;
  EXPECT_GT(largest_difference(first, picture(scene, {300, 200}, own)), 30);
}

}  // namespace
}  // namespace headscope
