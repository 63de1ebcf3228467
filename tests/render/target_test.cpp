#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "picture_fixture.h"
#include "render/opengl/offscreen_context.h"
#include "scene/morph.h"

namespace headscope {
namespace {

Layout busy_layout() {
  Layout layout = black_layout(300, 200);
  layout.background = rgb(0x0C1018);
  for (int i = 0; i < 40; ++i) {
    const auto f = static_cast<float>(i);
    RibbonState arc =
        line({10 + 5 * f, 190}, {290 - 3 * f, 190 - 2 * f}, 0.2f + 0.2f * f, rgb(0x7FD1FF, 0.6f));
    arc.p1 = {10 + 5 * f, 10};
    arc.p2 = {290 - 3 * f, 10 + f};
    arc.color3 = rgb(0xFFB454, 0.8f);
    arc.round_caps = 1;
    add(layout, arc, static_cast<ElementKey>(i + 1));
  }
  BoxState pill;
  pill.rect = {100.5f, 90.5f, 90, 30};
  pill.radius = 15;
  pill.border = 1.5f;
  pill.fill = rgb(0x1A2230);
  pill.stroke = rgb(0xFFB454);
  add(layout, pill, 100);
  add(layout, LabelState{{112, 110}, 15, rgb(0xE7ECF5)}, test_fonts().shape("attention", FontRole::Mono),
      101);
  return layout;
}

TEST(Targets, tiles_equal_one_big_draw) {
  RendererOptions options;
  options.max_tile = 96;
  Result<std::unique_ptr<Renderer>> tiled = make_offscreen_renderer(test_fonts(), shaders_dir(), options);
  ASSERT_TRUE(tiled.ok()) << tiled.error().message;
  Scene scene = still_scene(busy_layout());
  scene.pixel_scale = 2;
  const FrameSize size{600, 400};
  EXPECT_LE(largest_difference(picture(scene, size, **tiled), picture(scene, size)), 1);
}

TEST(Targets, a_picture_larger_than_the_largest_texture_is_drawn_in_tiles) {
  Scene scene = still_scene(busy_layout());
  scene.pixel_scale = 70;  // 21000 pixels wide, a strip of it
  const FrameSize size{21000, 40};
  scene.camera.offset = {0, 188};
  const Image image = picture(scene, size);
  ASSERT_EQ(image.width, 21000);
  // The feet of arcs 1, 20 and 39, each in a tile of its own.
  for (const int x : {700, 7700, 14350}) EXPECT_GT(byte_pixel(image, x, 20)[2], 60) << x;
  EXPECT_EQ(byte_pixel(image, 200, 20), (std::array<int, 4>{0x0C, 0x10, 0x18, 255}));
}

TEST(Targets, a_renderer_that_goes_leaves_the_others_alone) {
  Scene scene = still_scene(busy_layout());
  const Image before = picture(scene, {300, 200});
  {
    Result<std::unique_ptr<Renderer>> other = make_offscreen_renderer(test_fonts(), shaders_dir());
    ASSERT_TRUE(other.ok()) << other.error().message;
    (void)picture(scene, {300, 200}, **other);
    (void)picture(scene, {300, 200});  // the first one's context is current when the other goes
  }
  EXPECT_EQ(largest_difference(picture(scene, {300, 200}), before), 0);
}

TEST(Targets, draw_and_read_back_equal_render_to_image) {
  Scene scene = still_scene(busy_layout());
  Renderer& renderer = test_renderer();
  const Result<FrameHandle> frame = renderer.draw(scene, {300, 200});
  ASSERT_TRUE(frame.ok()) << frame.error().message;
  EXPECT_NE(frame->texture, 0u);
  const Result<Image> read = renderer.read_back(*frame);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(largest_difference(*read, picture(scene, {300, 200})), 0);
}

TEST(Targets, the_copy_for_drivers_without_a_decode_switch_has_the_same_bytes) {
  RendererOptions options;
  options.copy_for_display = true;
  Result<std::unique_ptr<Renderer>> copying = make_offscreen_renderer(test_fonts(), shaders_dir(), options);
  ASSERT_TRUE(copying.ok()) << copying.error().message;
  Scene scene = still_scene(busy_layout());
  const Result<FrameHandle> frame = (*copying)->draw(scene, {300, 200});
  ASSERT_TRUE(frame.ok()) << frame.error().message;
  const Result<Image> read = (*copying)->read_back(*frame);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(largest_difference(*read, picture(scene, {300, 200})), 0);
}

TEST(Targets, a_size_beyond_reason_is_refused_with_a_sentence) {
  Scene scene = still_scene(busy_layout());
  for (const FrameSize size : {FrameSize{0, 10}, {10, -1}, {70000, 10}, {60000, 60000}}) {
    const Result<Image> image = test_renderer().render_to_image(scene, size);
    ASSERT_FALSE(image.ok());
    EXPECT_EQ(image.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(image.error().message.find(std::to_string(size.width)), std::string::npos)
        << image.error().message;
    EXPECT_FALSE(image.error().hint.empty());
  }
}

TEST(Targets, missing_shaders_are_named) {
  const Result<std::unique_ptr<Renderer>> made = make_offscreen_renderer(test_fonts(), "/nowhere/shaders");
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::NotFound);
  EXPECT_NE(made.error().message.find("/nowhere/shaders"), std::string::npos) << made.error().message;
}

// EGL reads its environment once, so this runs in a process of its own.
TEST(OffscreenContextDeathTest, without_any_driver_the_sentence_lists_what_was_tried) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nowhere/egl.json", 1);
        unsetenv("DISPLAY");
        unsetenv("WAYLAND_DISPLAY");
        const Result<std::unique_ptr<OffscreenContext>> made = OffscreenContext::create();
        if (made) std::_Exit(1);
        std::cerr << made.error().message << " | " << made.error().hint << "\n";
        std::_Exit(0);
      },
      testing::ExitedWithCode(0),
      "no way to draw off-screen; tried EGL surfaceless .+, EGL device.+, hidden window .*DISPLAY.+ | "
      "Install");
}

TEST(OffscreenContext, says_what_it_is) {
  const Result<std::unique_ptr<OffscreenContext>> made = OffscreenContext::create();
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_FALSE((*made)->kind().empty());
  EXPECT_FALSE((*made)->driver().empty());
}

}  // namespace
}  // namespace headscope
