#include "small_picture.h"

#include <algorithm>
#include <cmath>

#include "scene/palette.h"
#include "scene/text.h"

namespace headscope {

namespace {

constexpr std::size_t kMostBands = 160;
constexpr int kMostCells = 20;  // a side of a matrix
constexpr float kLeastAlpha = 0.02f;

UiColor to_ui(Color c) {
  const auto byte = [](float v) {
    return static_cast<UiColor>(std::lround(std::clamp(v, 0.0f, 1.0f) * 255));
  };
  return byte(c.r) << 16 | byte(c.g) << 8 | byte(c.b);
}

void add_bands(const Layout& layout, Vec2 corner, UiPicture& picture) {
  std::vector<std::size_t> order(layout.ribbons.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto strength = [&](std::size_t i) {
    const RibbonState& r = layout.ribbons[i].state;
    return std::max(r.width0, r.width3) * std::max(r.color0.a, r.color3.a);
  };
  if (order.size() > kMostBands) {
    std::nth_element(order.begin(), order.begin() + kMostBands, order.end(),
                     [&](std::size_t a, std::size_t b) { return strength(a) > strength(b); });
    order.resize(kMostBands);
    std::sort(order.begin(), order.end());
  }
  for (const std::size_t i : order) {
    const RibbonState& r = layout.ribbons[i].state;
    UiPicture::Band band;
    const Vec2 points[] = {r.p0, r.p1, r.p2, r.p3};
    for (std::size_t k = 0; k < 4; ++k) {
      band.x[k] = points[k].x - corner.x;
      band.y[k] = points[k].y - corner.y;
    }
    band.width = std::max(r.width0, r.width3);
    band.color = to_ui(r.color0);
    band.alpha = std::max(r.color0.a, r.color3.a);
    if (band.alpha > kLeastAlpha) picture.bands.push_back(band);
  }
}

void add_matrix(const Layout& layout, std::size_t index, Vec2 corner, UiPicture& picture) {
  const ImageState& image = layout.images[index].state;
  const MatrixValues& values = *layout.image_values[index];
  const int rows = std::min(values.rows, kMostCells), cols = std::min(values.cols, kMostCells);
  for (int row = 0; row < rows; ++row) {
    for (int col = 0; col < cols; ++col) {
      float most = -1;
      for (int r = row * values.rows / rows; r < (row + 1) * values.rows / rows; ++r)
        for (int c = col * values.cols / cols; c < (col + 1) * values.cols / cols; ++c)
          most = std::max(most,
                          values.values[static_cast<std::size_t>(r) * static_cast<std::size_t>(values.cols) +
                                        static_cast<std::size_t>(c)]);
      if (most <= 0) continue;
      const Color color = matrix_color(layout.color_map, most, image.tint);
      const float width = image.rect.width / static_cast<float>(cols),
                  height = image.rect.height / static_cast<float>(rows);
      picture.boxes.push_back({image.rect.x + width * static_cast<float>(col) - corner.x,
                               image.rect.y + height * static_cast<float>(row) - corner.y, width, height, 0,
                               to_ui(color), color.a * image.opacity});
    }
  }
}

}  // namespace

UiPicture small_picture(const Layout& layout) {
  const Rect& seen = layout.seen.width > 0 ? layout.seen : layout.bounds;
  const Vec2 corner{seen.x, seen.y};
  UiPicture picture;
  picture.width = seen.width;
  picture.height = seen.height;
  picture.background = to_ui(layout.background);
  for (std::size_t i = 0; i < layout.images.size(); ++i) add_matrix(layout, i, corner, picture);
  for (const Element<BoxState>& element : layout.boxes) {
    const BoxState& box = element.state;
    // A frame without a ground is told by its line.
    const Color color = box.fill.a > kLeastAlpha ? box.fill : box.stroke;
    if (color.a <= kLeastAlpha || (box.fill.a <= kLeastAlpha && box.rect.width > seen.width / 3)) continue;
    picture.boxes.push_back(
        {box.rect.x - corner.x, box.rect.y - corner.y, box.rect.width, box.rect.height, box.radius,
         to_ui(box.stroke.a > color.a / 2 && box.border > 1.5f ? box.stroke : color), color.a});
  }
  add_bands(layout, corner, picture);
  for (std::size_t i = 0; i < layout.labels.size(); ++i) {
    const LabelState& label = layout.labels[i].state;
    const GlyphRun& run = *layout.label_runs[i];
    if (label.color.a < 0.2f) continue;
    const float height = 0.5f * label.size;
    picture.marks.push_back({label.origin.x - corner.x, label.origin.y - 0.6f * label.size - corner.y,
                             run.width * label.size, height, height / 2, to_ui(label.color),
                             0.45f * label.color.a});
  }
  return picture;
}

}  // namespace headscope
