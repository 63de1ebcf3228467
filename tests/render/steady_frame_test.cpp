#include <glad/gl.h>
#include <gtest/gtest.h>

#include "../benchmarks/allocation_count.h"
#include "picture_fixture.h"

// A playing animation moves one uniform: after its first frames it uploads nothing and allocates nothing.

namespace headscope {
namespace {

int n_uploads = 0;

/// Counts every OpenGL call that moves data to the driver, while it lives.
class UploadCounter {
 public:
  UploadCounter()
      : buffer_data_(glad_glBufferData),
        sub_data_(glad_glBufferSubData),
        image_(glad_glTexImage2D),
        sub_image_(glad_glTexSubImage2D) {
    n_uploads = 0;
    glad_glBufferData = [](GLenum, GLsizeiptr, const void*, GLenum) { ++n_uploads; };
    glad_glBufferSubData = [](GLenum, GLintptr, GLsizeiptr, const void*) { ++n_uploads; };
    glad_glTexImage2D = [](GLenum, GLint, GLint, GLsizei, GLsizei, GLint, GLenum, GLenum, const void*) {
      ++n_uploads;
    };
    glad_glTexSubImage2D = [](GLenum, GLint, GLint, GLint, GLsizei, GLsizei, GLenum, GLenum, const void*) {
      ++n_uploads;
    };
  }
  ~UploadCounter() {
    glad_glBufferData = buffer_data_;
    glad_glBufferSubData = sub_data_;
    glad_glTexImage2D = image_;
    glad_glTexSubImage2D = sub_image_;
  }

 private:
  PFNGLBUFFERDATAPROC buffer_data_;
  PFNGLBUFFERSUBDATAPROC sub_data_;
  PFNGLTEXIMAGE2DPROC image_;
  PFNGLTEXSUBIMAGE2DPROC sub_image_;
};

Layout everything(float shift) {
  Layout layout = black_layout(256, 128);
  for (int i = 0; i < 50; ++i) {
    const auto f = static_cast<float>(i);
    add(layout, line({4 + f, 10}, {200 - f + shift, 120}, 0.1f * f, rgb(0x7FD1FF, 0.5f)),
        static_cast<ElementKey>(i + 1));
  }
  BoxState pill;
  pill.rect = {20 + shift, 20, 60, 20};
  pill.radius = 10;
  pill.fill = rgb(0x1A2230);
  add(layout, pill, 100);
  add(layout, LabelState{{30 + shift, 34}, 12 + shift * 0.1f, rgb(0xE7ECF5)},
      test_fonts().shape("gliding text", FontRole::Mono), 101);
  auto values = std::make_shared<MatrixValues>();
  values->id = 33;
  values->rows = values->cols = 16;
  values->values.assign(256, 0.5f);
  add(layout, ImageState{{150, 20 + shift, 60, 60}, 1, {}}, values, 102);
  return layout;
}

TEST(SteadyFrames, a_playing_animation_uploads_and_allocates_nothing) {
  Scene scene;
  scene.morph = make_morph(std::make_shared<const Layout>(everything(0)),
                           std::make_shared<const Layout>(everything(20)));
  scene.highlighted = 7;
  Renderer& renderer = test_renderer(RibbonDrawing::Driver);
  const auto play = [&](int frames) {
    for (int i = 1; i <= frames; ++i) {
      scene.mix = static_cast<float>(i) / static_cast<float>(frames + 1);
      ASSERT_TRUE(renderer.draw(scene, {256, 128}).ok());
      glFinish();
    }
  };
  play(3);
  std::size_t allocations = 0;
  {
    const UploadCounter counter;
    const std::size_t before = n_allocations;
    play(30);
    allocations = n_allocations - before;
  }
  EXPECT_EQ(n_uploads, 0);
  EXPECT_EQ(allocations, 0u);
}

TEST(SteadyFrames, ribbons_drawn_without_the_driver_allocate_nothing_either) {
  Scene scene;
  scene.morph = make_morph(std::make_shared<const Layout>(everything(0)),
                           std::make_shared<const Layout>(everything(20)));
  Renderer& renderer = test_renderer(RibbonDrawing::Own);
  const auto play = [&] {
    for (int i = 1; i < 30; ++i) {
      scene.mix = static_cast<float>(i) / 30;
      ASSERT_TRUE(renderer.draw(scene, {256, 128}).ok());
      glFinish();
    }
  };
  play();
  const std::size_t before = n_allocations;
  play();
  EXPECT_EQ(n_allocations, before);
}

TEST(SteadyFrames, hovering_moving_and_dimming_a_still_picture_upload_nothing) {
  Scene scene = still_scene(everything(0));
  Renderer& renderer = test_renderer(RibbonDrawing::Driver);
  ASSERT_TRUE(renderer.draw(scene, {256, 128}).ok());
  const UploadCounter counter;
  for (int i = 0; i < 20; ++i) {
    scene.highlighted = static_cast<ElementKey>(i);
    scene.dim = 0.01f * static_cast<float>(i);
    ASSERT_TRUE(renderer.draw(scene, {256, 128}).ok());
  }
  EXPECT_EQ(n_uploads, 0);
}

TEST(SteadyFrames, the_second_picture_of_a_morph_comes_from_the_first_upload) {
  Scene a = still_scene(everything(0)), b = still_scene(everything(20));
  Renderer& renderer = test_renderer(RibbonDrawing::Driver);
  ASSERT_TRUE(renderer.draw(a, {256, 128}).ok());
  ASSERT_TRUE(renderer.draw(b, {256, 128}).ok());
  const UploadCounter counter;
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(renderer.draw(i % 2 ? b : a, {256, 128}).ok());
  EXPECT_EQ(n_uploads, 0);
}

}  // namespace
}  // namespace headscope
