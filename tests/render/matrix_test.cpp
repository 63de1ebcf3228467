#include <gtest/gtest.h>

#include "picture_fixture.h"
#include "render/opengl/max_levels.h"
#include "scene/palette.h"

namespace headscope {
namespace {

std::shared_ptr<const MatrixValues> lone_spike(int rows, int cols, int row, int col) {
  static std::uint64_t next_id = 5000;
  auto values = std::make_shared<MatrixValues>();
  values->id = next_id++;
  values->rows = rows;
  values->cols = cols;
  values->values.assign(static_cast<std::size_t>(rows) * cols, 0.0f);
  values->values[static_cast<std::size_t>(row) * cols + col] = 1;
  return values;
}

bool shows_color(const Image& image, Color color) {
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const std::array<int, 4> p = byte_pixel(image, x, y);
      if (std::abs(p[0] - color.r * 255) < 3 && std::abs(p[1] - color.g * 255) < 3 &&
          std::abs(p[2] - color.b * 255) < 3) {
        return true;
      }
    }
  }
  return false;
}

TEST(Matrices, a_lone_spike_survives_any_zoom_out) {
  const Color peak = matrix_color(ColorMap::Viridis, 1);
  struct Place {
    int rows, cols, row, col;
  };
  for (const Place& p : {Place{512, 512, 0, 0},
                         {512, 512, 511, 511},
                         {500, 500, 499, 250},
                         {333, 777, 332, 776},
                         {1000, 3, 501, 2},
                         {129, 129, 128, 64}}) {
    for (const float side : {3.0f, 10.0f, 17.5f, 40.0f, 60.0f}) {
      Layout layout = black_layout();
      add(layout, ImageState{{2.3f, 1.7f, side, side}, 1, {}}, lone_spike(p.rows, p.cols, p.row, p.col));
      EXPECT_TRUE(shows_color(picture(still_scene(layout)), peak))
          << p.rows << " x " << p.cols << " at " << p.row << ", " << p.col << " in " << side << " pixels";
    }
  }
}

TEST(Matrices, each_value_has_its_own_cell_when_there_is_room) {
  auto values = std::make_shared<MatrixValues>();
  values->id = 4711;
  values->rows = 2;
  values->cols = 4;
  for (int i = 0; i < 8; ++i) values->values.push_back(static_cast<float>(i) / 7);
  Layout layout = black_layout();
  add(layout, ImageState{{0, 0, 64, 32}, 1, {}}, values);
  const Image image = picture(still_scene(layout));
  for (int i = 0; i < 8; ++i) {
    const Color expected = matrix_color(ColorMap::Viridis, values->values[static_cast<std::size_t>(i)]);
    const std::array<int, 4> found = byte_pixel(image, i % 4 * 16 + 8, i / 4 * 16 + 8);
    EXPECT_NEAR(found[0], expected.r * 255, 2) << i;
    EXPECT_NEAR(found[1], expected.g * 255, 2) << i;
    EXPECT_NEAR(found[2], expected.b * 255, 2) << i;
  }
  EXPECT_EQ(byte_pixel(image, 32, 40)[0], 0);
}

TEST(Matrices, the_tint_carries_the_value_in_its_alpha) {
  auto values = std::make_shared<MatrixValues>();
  values->id = 4712;
  values->rows = 1;
  values->cols = 2;
  values->values = {0.5f, 1};
  Layout layout = black_layout();
  layout.color_map = ColorMap::Tint;
  add(layout, ImageState{{0, 0, 64, 64}, 1, rgb(0xFFFFFF)}, values);
  const Image image = picture(still_scene(layout));
  EXPECT_NEAR(linear_pixel(image, 16, 32)[0], 0.5, 0.01);
  EXPECT_EQ(byte_pixel(image, 48, 32)[0], 255);
}

TEST(MaxLevels, no_value_is_lost_at_odd_sizes) {
  for (int rows = 1; rows <= 7; ++rows) {
    for (int cols = 1; cols <= 7; ++cols) {
      for (int at = 0; at < rows * cols; ++at) {
        std::vector<float> values(static_cast<std::size_t>(rows) * cols, 0.0f);
        values[static_cast<std::size_t>(at)] = 1;
        MaxLevel level{rows, cols, values};
        while (level.rows > 1 || level.cols > 1) {
          level = halve_keeping_maxima(level.values.data(), level.rows, level.cols);
        }
        EXPECT_EQ(level.values[0], 1) << rows << " x " << cols << ", value " << at;
      }
    }
  }
}

}  // namespace
}  // namespace headscope
