#include <gtest/gtest.h>

#include "picture_fixture.h"
#include "render/null_renderer.h"

namespace headscope {
namespace {

/// A picture with one of everything, `shift` pixels to the right.
Layout sample(float shift) {
  Layout layout = black_layout(128, 64);
  layout.background = rgb(shift > 0 ? 0x101820 : 0x0C1018);
  RibbonState arc = line({20 + shift, 50}, {70 + shift, 50}, 5 - shift * 0.1f, rgb(0xFFB454, 0.7f));
  arc.p1 = {20 + shift, 5};
  arc.p2 = {70 + shift, 5};
  arc.round_caps = 1;
  add(layout, arc, 1);
  BoxState pill;
  pill.rect = {8 + shift, 44, 30, 16};
  pill.radius = 8;
  pill.border = 1;
  pill.fill = rgb(0x1A2230);
  pill.stroke = rgb(0x263247);
  add(layout, pill, 2);
  add(layout, LabelState{{12 + shift, 56}, 11, rgb(0xE7ECF5)}, test_fonts().shape("was", FontRole::Mono), 3);
  auto values = std::make_shared<MatrixValues>();
  values->id = 991;
  values->rows = values->cols = 4;
  for (int i = 0; i < 16; ++i) values->values.push_back(static_cast<float>(i) / 15);
  add(layout, ImageState{{90 - shift, 8, 24, 24}, 1, {}}, values, 4);
  return layout;
}

Scene moving(float mix) {
  static const MorphPtr morph =
      make_morph(std::make_shared<const Layout>(sample(0)), std::make_shared<const Layout>(sample(12)));
  Scene scene;
  scene.morph = morph;
  scene.mix = mix;
  return scene;
}

TEST(Morphs, both_ends_equal_their_still_pictures) {
  const FrameSize size{128, 64};
  EXPECT_EQ(largest_difference(picture(moving(0), size), picture(still_scene(sample(0)), size)), 0);
  EXPECT_EQ(largest_difference(picture(moving(1), size), picture(still_scene(sample(12)), size)), 0);
}

TEST(Morphs, the_middle_equals_the_layout_that_the_scene_module_evaluates) {
  const FrameSize size{128, 64};
  for (const float t : {0.2f, 0.5f, 0.83f}) {
    Scene middle = moving(t);
    const Image drawn = picture(middle, size);
    const Image expected = picture(still_scene(evaluate(*middle.morph, t)), size);
    // Text glides between pixels on its way and lands on them at rest; everything else is the same.
    double sum = 0;
    for (std::size_t i = 0; i < drawn.rgba.size(); ++i) sum += std::abs(drawn.rgba[i] - expected.rgba[i]);
    EXPECT_LT(sum / static_cast<double>(drawn.rgba.size()), 0.6) << "at " << t;
  }
}

TEST(Morphs, a_ribbon_that_grows_widens_monotonically) {
  Layout before = black_layout(), after = black_layout();
  add(after, line({4, 32}, {60, 32}, 12), 7);
  MorphOptions options;
  options.grow_from_query = false;
  Scene scene;
  scene.morph =
      make_morph(std::make_shared<const Layout>(before), std::make_shared<const Layout>(after), options);
  double last = -1;
  for (int step = 0; step <= 10; ++step) {
    scene.mix = static_cast<float>(step) / 10;
    const Image image = picture(scene);
    double sum = 0;
    for (int y = 0; y < 64; ++y) sum += linear_pixel(image, 32, y)[1];
    EXPECT_GE(sum, last) << "step " << step;
    last = sum;
  }
  EXPECT_NEAR(last, 12, 0.1);
}

TEST(Morphs, the_camera_moves_and_scales_the_picture) {
  Layout layout = black_layout();
  BoxState box;
  box.rect = {10, 10, 8, 8};
  box.fill = rgb(0xFFFFFF);
  add(layout, box);
  Scene scene = still_scene(layout);
  scene.camera = {{6, 4}, 2};
  scene.pixel_scale = 1.5f;  // x: (10 − 6) · 3 = 12 … 36;  y: (10 − 4) · 3 = 18 … 42
  const Image image = picture(scene);
  for (int i = 0; i < 64; ++i) {
    EXPECT_EQ(byte_pixel(image, i, 30)[0], i >= 12 && i < 36 ? 255 : 0) << i;
    EXPECT_EQ(byte_pixel(image, 20, i)[0], i >= 18 && i < 42 ? 255 : 0) << i;
  }
}

TEST(NullRenderer, remembers_what_it_was_asked_to_draw) {
  NullRenderer renderer;
  Scene scene = moving(0.25f);
  const Result<FrameHandle> frame = renderer.draw(scene, {8, 6});
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(frame->size, (FrameSize{8, 6}));
  EXPECT_EQ(renderer.frames_drawn, 1);
  EXPECT_EQ(renderer.last_scene.mix, 0.25f);
}

}  // namespace
}  // namespace headscope
