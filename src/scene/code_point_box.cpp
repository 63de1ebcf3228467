#include "scene/code_point_box.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace headscope {
namespace {

// Hexadecimal digits on a grid of 3 × 5, one row in three bits, top row first.
constexpr std::array<std::array<std::uint8_t, 5>, 16> kDigits = {{
    {7, 5, 5, 5, 7},
    {2, 6, 2, 2, 7},
    {7, 1, 7, 4, 7},
    {7, 1, 3, 1, 7},
    {5, 5, 7, 1, 1},
    {7, 4, 7, 1, 7},
    {7, 4, 7, 5, 7},
    {7, 1, 2, 2, 2},
    {7, 5, 7, 5, 7},
    {7, 5, 7, 1, 7},
    {2, 5, 7, 5, 5},
    {6, 5, 6, 5, 6},
    {3, 4, 4, 4, 3},
    {6, 5, 5, 5, 6},
    {7, 4, 6, 4, 7},
    {7, 4, 6, 4, 4},
}};
constexpr float kDot = 0.062f;   // em, side of one grid square
constexpr float kLine = 0.045f;  // em, thickness of the frame
constexpr float kSide = 0.04f;   // em, room left and right of the frame
constexpr float kTop = -0.78f, kBottom = 0.06f;

int columns(std::uint32_t code_point) {
  return code_point > 0xFFFF ? 3 : 2;
}
float frame_width(std::uint32_t code_point) {
  return 2 * kLine + kDot * static_cast<float>(4 * columns(code_point) + 1);
}

/// Part of [from, to) that the pixel [pixel, pixel + 1) covers.
float overlap(float from, float to, int pixel) {
  const auto left = static_cast<float>(pixel);
  return std::max(0.0f, std::min(to, left + 1) - std::max(from, left));
}

}  // namespace

float code_point_box_advance(std::uint32_t code_point) {
  return frame_width(code_point) + 2 * kSide;
}

std::vector<Rect> code_point_box(std::uint32_t code_point) {
  const float width = frame_width(code_point), height = kBottom - kTop;
  std::vector<Rect> rects = {{kSide, kTop, width, kLine},
                             {kSide, kBottom - kLine, width, kLine},
                             {kSide, kTop + kLine, kLine, height - 2 * kLine},
                             {kSide + width - kLine, kTop + kLine, kLine, height - 2 * kLine}};
  const int n_columns = columns(code_point), n_digits = 2 * n_columns;
  const float inner_x = kSide + kLine + kDot;
  const float inner_y = kTop + (height - 11 * kDot) / 2;
  for (int i = 0; i < n_digits; ++i) {
    const auto& rows = kDigits[code_point >> (4 * (n_digits - 1 - i)) & 15];
    const float x = inner_x + kDot * static_cast<float>(4 * (i % n_columns));
    const float y = inner_y + kDot * static_cast<float>(6 * (i / n_columns));
    for (int row = 0; row < 5; ++row)
      for (int column = 0; column < 3; ++column)
        if (rows[row] >> (2 - column) & 1)
          rects.push_back(
              {x + kDot * static_cast<float>(column), y + kDot * static_cast<float>(row), kDot, kDot});
  }
  return rects;
}

GlyphOutline code_point_box_outline(std::uint32_t code_point) {
  GlyphOutline outline;
  using Verb = GlyphOutline::Verb;
  for (const Rect& r : code_point_box(code_point)) {
    outline.verbs.insert(outline.verbs.end(), {Verb::Move, Verb::Line, Verb::Line, Verb::Line, Verb::Close});
    outline.points.insert(outline.points.end(),
                          {{r.x, r.y}, {r.right(), r.y}, {r.right(), r.bottom()}, {r.x, r.bottom()}});
  }
  return outline;
}

GlyphBitmap rasterize_code_point_box(std::uint32_t code_point, float pixel_size, float subpixel_x) {
  GlyphBitmap bitmap;
  bitmap.top = static_cast<int>(std::ceil(-kTop * pixel_size));
  bitmap.width = static_cast<int>(std::ceil(code_point_box_advance(code_point) * pixel_size + subpixel_x));
  bitmap.height = bitmap.top + static_cast<int>(std::ceil(kBottom * pixel_size));
  std::vector<float> coverage(static_cast<std::size_t>(bitmap.width) * bitmap.height, 0.0f);
  for (const Rect& r : code_point_box(code_point)) {
    const float x0 = r.x * pixel_size + subpixel_x, x1 = r.right() * pixel_size + subpixel_x;
    const float y0 = r.y * pixel_size + static_cast<float>(bitmap.top);
    const float y1 = r.bottom() * pixel_size + static_cast<float>(bitmap.top);
    for (int y = std::max(0, static_cast<int>(y0)); y < std::min(bitmap.height, static_cast<int>(y1) + 1);
         ++y)
      for (int x = std::max(0, static_cast<int>(x0)); x < std::min(bitmap.width, static_cast<int>(x1) + 1);
           ++x)
        coverage[static_cast<std::size_t>(y) * bitmap.width + x] += overlap(x0, x1, x) * overlap(y0, y1, y);
  }
  bitmap.coverage.resize(coverage.size());
  std::transform(coverage.begin(), coverage.end(), bitmap.coverage.begin(), [](float c) {
    return static_cast<std::uint8_t>(std::lround(255 * std::clamp(c, 0.0f, 1.0f)));
  });
  return bitmap;
}

}  // namespace headscope
