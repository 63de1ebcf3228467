#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>

#include "base/paths.h"
#include "render/make_renderer.h"
#include "scene/morph.h"

/// What the renderer's tests share: one off-screen renderer, pictures made of a few elements, and pixels in
/// linear light.
namespace headscope {

inline FontLibrary& test_fonts() {
  static FontLibrary fonts;
  return fonts;
}

/// The renderer of this test program; a machine without any OpenGL fails here with the program's own
/// sentence.
inline Renderer& test_renderer() {
  static const std::unique_ptr<Renderer> renderer = [] {
    Result<std::unique_ptr<Renderer>> made = make_offscreen_renderer(test_fonts(), shaders_dir());
    if (!made) {
      ADD_FAILURE() << made.error().message << "\n" << made.error().hint;
      std::exit(1);
    }
    return std::move(*made);
  }();
  return *renderer;
}

inline double decode(std::uint8_t byte) {
  const double c = byte / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}

/// A renderer with one way of drawing ribbons, whatever the machine.
inline Renderer& test_renderer(RibbonDrawing ribbons) {
  const auto make = [](RibbonDrawing drawing) {
    RendererOptions options;
    options.ribbons = drawing;
    Result<std::unique_ptr<Renderer>> made = make_offscreen_renderer(test_fonts(), shaders_dir(), options);
    if (!made) {
      ADD_FAILURE() << made.error().message << "\n" << made.error().hint;
      std::exit(1);
    }
    return std::move(*made);
  };
  static const std::unique_ptr<Renderer> own = make(RibbonDrawing::Own), driver = make(RibbonDrawing::Driver);
  return ribbons == RibbonDrawing::Own ? *own : *driver;
}

/// Red, green, blue of a pixel in linear light.
inline std::array<double, 3> linear_pixel(const Image& image, int x, int y) {
  const std::uint8_t* p = &image.rgba[(static_cast<std::size_t>(y) * image.width + x) * 4];
  return {decode(p[0]), decode(p[1]), decode(p[2])};
}
inline std::array<int, 4> byte_pixel(const Image& image, int x, int y) {
  const std::uint8_t* p = &image.rgba[(static_cast<std::size_t>(y) * image.width + x) * 4];
  return {p[0], p[1], p[2], p[3]};
}

inline Layout black_layout(float width = 64, float height = 64) {
  Layout layout;
  layout.bounds = {0, 0, width, height};
  layout.background = rgb(0x000000);
  return layout;
}

inline RibbonState line(Vec2 from, Vec2 to, float width, Color color = rgb(0xFFFFFF)) {
  RibbonState s;
  s.p0 = from;
  s.p3 = to;
  s.p1 = from + (1.0f / 3) * (to - from);
  s.p2 = from + (2.0f / 3) * (to - from);
  s.width0 = s.width3 = width;
  s.color0 = s.color3 = color;
  s.round_caps = 0;
  return s;
}

inline void add(Layout& layout, const RibbonState& state, ElementKey key = 1) {
  layout.ribbons.push_back({key, state});
  layout.ribbon_meanings.push_back({});
}
inline void add(Layout& layout, const BoxState& state, ElementKey key = 1, int layer = 0) {
  layout.boxes.push_back({key, state, layer});
  layout.box_meanings.push_back({});
}
inline void add(Layout& layout, const LabelState& state, GlyphRunPtr run, ElementKey key = 1) {
  layout.labels.push_back({key, state});
  layout.label_runs.push_back(std::move(run));
}
inline void add(Layout& layout, const ImageState& state, std::shared_ptr<const MatrixValues> values,
                ElementKey key = 1) {
  layout.images.push_back({key, state});
  layout.image_values.push_back(std::move(values));
}

inline Scene still_scene(Layout layout) {
  Scene scene;
  scene.morph = still(std::make_shared<const Layout>(std::move(layout)));
  return scene;
}

inline Image picture(const Scene& scene, FrameSize size = {64, 64}, Renderer& renderer = test_renderer()) {
  Result<Image> image = renderer.render_to_image(scene, size);
  EXPECT_TRUE(image.ok()) << image.error().message;
  return image ? std::move(*image) : Image{};
}

/// The largest difference of any byte.
inline int largest_difference(const Image& a, const Image& b) {
  EXPECT_EQ(a.width, b.width);
  EXPECT_EQ(a.height, b.height);
  int largest = a.rgba.size() == b.rgba.size() ? 0 : 255;
  for (std::size_t i = 0; i < std::min(a.rgba.size(), b.rgba.size()); ++i) {
    largest = std::max(largest, std::abs(a.rgba[i] - b.rgba[i]));
  }
  return largest;
}

}  // namespace headscope
