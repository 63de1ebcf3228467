#include <gtest/gtest.h>

#include "picture_fixture.h"
#include "render/vector/vector_picture.h"

namespace headscope {
namespace {

std::shared_ptr<const MatrixValues> photo(int rows, int cols, std::vector<std::uint8_t> rgba) {
  static std::uint64_t next_id = 9000;
  auto values = std::make_shared<MatrixValues>();
  values->id = next_id++;
  values->rows = rows;
  values->cols = cols;
  values->pixels = std::make_shared<const std::vector<std::uint8_t>>(std::move(rgba));
  return values;
}

std::vector<std::uint8_t> checkerboard(int side) {
  std::vector<std::uint8_t> rgba;
  for (int i = 0; i < side * side; ++i) {
    const std::uint8_t level = (i % side + i / side) % 2 ? 255 : 0;
    rgba.insert(rgba.end(), {level, level, level, 255});
  }
  return rgba;
}

TEST(Photo, its_pixels_come_out_as_they_went_in) {
  std::vector<std::uint8_t> rgba;
  for (int i = 0; i < 16; ++i)
    rgba.insert(rgba.end(), {static_cast<std::uint8_t>(i * 16), static_cast<std::uint8_t>(255 - i * 16),
                             static_cast<std::uint8_t>(i % 4 * 80), 255});
  Layout layout = black_layout();
  add(layout, ImageState{{0, 0, 64, 64}, 1, {}}, photo(4, 4, rgba));
  const Image drawn = picture(still_scene(layout));
  for (int row = 0; row < 4; ++row)
    for (int column = 0; column < 4; ++column) {
      const std::uint8_t* wanted = &rgba[static_cast<std::size_t>(row * 4 + column) * 4];
      const std::array<int, 4> p = byte_pixel(drawn, column * 16 + 8, row * 16 + 8);
      for (int c = 0; c < 3; ++c)
        EXPECT_NEAR(p[static_cast<std::size_t>(c)], wanted[c], 1) << row << "," << column;
    }
}

TEST(Photo, large_pixels_are_squares_and_small_ones_are_smooth) {
  const auto halves = photo(1, 2, {0, 0, 0, 255, 255, 255, 255, 255});
  Layout squares = black_layout();
  add(squares, ImageState{{0, 0, 64, 64}, 1, {}}, halves);
  const Image hard = picture(still_scene(squares));
  EXPECT_EQ(byte_pixel(hard, 28, 32)[0], 0);
  EXPECT_EQ(byte_pixel(hard, 36, 32)[0], 255);
  Layout smooth = black_layout();
  add(smooth, ImageState{{0, 0, 8, 64}, 1, {}}, halves);
  const Image soft = picture(still_scene(smooth));
  EXPECT_GT(byte_pixel(soft, 3, 32)[0], 0);
  EXPECT_LT(byte_pixel(soft, 4, 32)[0], 255);
}

TEST(Photo, made_small_it_keeps_its_light) {
  Layout layout = black_layout();
  add(layout, ImageState{{0, 0, 64, 64}, 1, {}}, photo(512, 512, checkerboard(512)));
  // Half of the light, not half of the number that a file writes for it.
  EXPECT_NEAR(linear_pixel(picture(still_scene(layout)), 32, 32)[0], 0.5, 0.01);
}

TEST(Photo, its_opacity_is_blended_in_linear_light) {
  Layout layout = black_layout();
  add(layout, ImageState{{0, 0, 64, 64}, 0.25f, {}}, photo(1, 1, {255, 255, 255, 255}));
  EXPECT_NEAR(linear_pixel(picture(still_scene(layout)), 32, 32)[1], 0.25, 0.01);
}

TEST(Photo, edges_between_pixels_are_covered_in_part) {
  Layout layout = black_layout();
  add(layout, ImageState{{10.5f, 10, 20, 20}, 1, {}}, photo(1, 1, {255, 255, 255, 255}));
  const Image drawn = picture(still_scene(layout));
  EXPECT_EQ(byte_pixel(drawn, 9, 20)[0], 0);
  EXPECT_NEAR(linear_pixel(drawn, 10, 20)[0], 0.5, 0.02);
  EXPECT_EQ(byte_pixel(drawn, 11, 20)[0], 255);
}

TEST(Photo, lies_below_ribbons_and_beside_matrices) {
  auto values = std::make_shared<MatrixValues>();
  values->id = 8999;
  values->rows = values->cols = 1;
  values->values = {1};
  Layout layout = black_layout();
  layout.color_map = ColorMap::Tint;
  add(layout, ImageState{{0, 0, 32, 64}, 1, {}}, photo(1, 1, {0, 0, 255, 255}), 1);
  add(layout, ImageState{{32, 0, 32, 64}, 1, rgb(0x00FF00)}, values, 2);
  add(layout, line({0, 32}, {64, 32}, 8, rgb(0xFF0000)));
  const Image drawn = picture(still_scene(layout));
  EXPECT_EQ(byte_pixel(drawn, 16, 10), (std::array<int, 4>{0, 0, 255, 255}));
  EXPECT_EQ(byte_pixel(drawn, 48, 10), (std::array<int, 4>{0, 255, 0, 255}));
  EXPECT_EQ(byte_pixel(drawn, 16, 32)[0], 255);
}

TEST(Photo, is_embedded_in_vectors) {
  Layout layout = black_layout();
  add(layout, ImageState{{8, 8, 48, 48}, 1, {}}, photo(64, 64, checkerboard(64)));
  const Scene scene = still_scene(layout);
  const std::string svg = render_svg(scene, {64, 64}, test_fonts(), {});
  EXPECT_NE(svg.find("<image x=\"8\" y=\"8\" width=\"48\" height=\"48\""), std::string::npos);
  EXPECT_NE(svg.find("data:image/png;base64,iVBOR"), std::string::npos);
  const Result<std::string> pdf = render_pdf(scene, {64, 64}, test_fonts(), {}, 64);
  ASSERT_TRUE(pdf.ok());
  EXPECT_NE(pdf->find("/Subtype /Image"), std::string::npos);
}

}  // namespace
}  // namespace headscope
