#include "scene/picking.h"

#include <algorithm>
#include <cmath>

#include "scene/morph.h"

namespace headscope {
namespace {

constexpr int kSegments = 16;

Vec2 bezier(const RibbonState& r, float u) {
  const float v = 1 - u;
  return (v * v * v) * r.p0 + (3 * v * v * u) * r.p1 + (3 * v * u * u) * r.p2 + (u * u * u) * r.p3;
}

/// Where on the segment a → b (0 … 1) the point is nearest.
float nearest_on_segment(Vec2 a, Vec2 b, Vec2 point) {
  const Vec2 d = b - a, w = point - a;
  const float squared = d.x * d.x + d.y * d.y;
  return squared > 0 ? std::clamp((d.x * w.x + d.y * w.y) / squared, 0.0f, 1.0f) : 0.0f;
}

Rect ribbon_bounds(const RibbonState& r) {
  const auto [x0, x1] = std::minmax({r.p0.x, r.p1.x, r.p2.x, r.p3.x});
  const auto [y0, y1] = std::minmax({r.p0.y, r.p1.y, r.p2.y, r.p3.y});
  const float half = std::max(r.width0, r.width3) / 2;
  return {x0 - half, y0 - half, x1 - x0 + 2 * half, y1 - y0 + 2 * half};
}

bool visible(const RibbonState& r) {
  return std::max(r.width0, r.width3) > 0 && r.color0.a + r.color3.a > 0.01f;
}

/// Keeps the ribbon that the point means.
struct Best {
  float score = INFINITY;
  int index = -1;
  void offer(const RibbonState& state, const Meaning& meaning, Vec2 point, float slack, int i) {
    if (meaning.kind == Meaning::Kind::None || !visible(state)) return;
    const Rect box = ribbon_bounds(state);
    if (point.x < box.x - slack || point.x > box.right() + slack || point.y < box.y - slack ||
        point.y > box.bottom() + slack)
      return;
    const RibbonDistance d = distance_to_ribbon(state, point);
    const float outside = std::max(0.0f, d.distance - d.width / 2);
    if (outside > slack) return;
    // Inside several: the thinnest, or it could never be pointed at; an empty cell lies below its full one.
    const bool empty = meaning.kind == Meaning::Kind::Cell && meaning.weight == 0;
    // A patch of a picture is the ground of every line. Of two cells as wide the nearer one: a cell ends
    // where its neighbour begins, and the distance to its middle line does not know that.
    const float ground = meaning.kind == Meaning::Kind::Token ? 2000.0f : empty ? 0.5f : 0.0f;
    const float now = 1000 * outside + d.width + ground + 1e-3f * d.distance;
    if (now >= score) return;
    score = now;
    index = i;
  }
};

Pick pick_box(const Layout& layout, Vec2 point) {
  for (std::size_t i = layout.boxes.size(); i-- > 0;) {
    const Meaning& meaning = layout.box_meanings[i];
    const Rect& rect = layout.boxes[i].state.rect;
    // Ticks are thinner than a pointer is precise.
    const float slack = rect.height < 6 || rect.width < 6 ? 3.0f : 0.0f;
    const Rect grown{rect.x - slack, rect.y - (rect.height < 6 ? 0.0f : slack), rect.width + 2 * slack,
                     rect.height};
    if (meaning.kind != Meaning::Kind::None && grown.contains(point)) return {meaning, layout.boxes[i].key};
  }
  return {};
}

Pick pick_image(const Layout& layout, Vec2 point) {
  for (std::size_t i = layout.images.size(); i-- > 0 && i < layout.image_meanings.size();) {
    const Rect& rect = layout.images[i].state.rect;
    const MatrixValues& values = *layout.image_values[i];
    if (!rect.contains(point) || layout.image_meanings[i].kind == Meaning::Kind::None) continue;
    Meaning meaning = layout.image_meanings[i];
    if (values.pixels) return {meaning, layout.images[i].key};
    meaning.query = std::min(values.rows - 1, static_cast<int>((point.y - rect.y) / rect.height *
                                                               static_cast<float>(values.rows)));
    meaning.key = std::min(
        values.cols - 1, static_cast<int>((point.x - rect.x) / rect.width * static_cast<float>(values.cols)));
    return {meaning, layout.images[i].key};
  }
  return {};
}

}  // namespace

RibbonDistance distance_to_ribbon(const RibbonState& ribbon, Vec2 point) {
  float best = INFINITY, at = 0;
  Vec2 a = ribbon.p0;
  for (int i = 0; i < kSegments; ++i) {
    const Vec2 b = bezier(ribbon, static_cast<float>(i + 1) / kSegments);
    const float t = nearest_on_segment(a, b, point);
    const float distance = length(point - (a + t * (b - a)));
    if (distance < best) {
      best = distance;
      at = (static_cast<float>(i) + t) / kSegments;
    }
    a = b;
  }
  return {best, ribbon.width0 + at * (ribbon.width3 - ribbon.width0)};
}

Picker::Picker(LayoutPtr layout) : layout_(std::move(layout)) {
  const Layout& l = *layout_;
  area_ = l.bounds;
  constexpr float kCellSize = 24;
  columns_ = std::clamp(static_cast<int>(area_.width / kCellSize), 1, 256);
  rows_ = std::clamp(static_cast<int>(area_.height / kCellSize), 1, 256);
  const float cell_width = std::max(area_.width, 1.0f) / static_cast<float>(columns_);
  const float cell_height = std::max(area_.height, 1.0f) / static_cast<float>(rows_);

  // The cells that each ribbon's polyline crosses, then sorted into one list for each cell (a counting sort).
  std::vector<std::pair<std::uint32_t, std::uint32_t>> crossings;  // cell, ribbon
  std::vector<std::uint32_t> cells;
  for (std::size_t i = 0; i < l.ribbons.size(); ++i) {
    if (l.ribbon_meanings[i].kind == Meaning::Kind::None) continue;
    const RibbonState& r = l.ribbons[i].state;
    const float margin = std::max(r.width0, r.width3) / 2 + 4;
    cells.clear();
    Vec2 a = r.p0;
    for (int s = 0; s < 8; ++s) {
      const Vec2 b = bezier(r, static_cast<float>(s + 1) / 8);
      const int x0 =
          std::clamp(static_cast<int>((std::min(a.x, b.x) - margin - area_.x) / cell_width), 0, columns_ - 1);
      const int x1 =
          std::clamp(static_cast<int>((std::max(a.x, b.x) + margin - area_.x) / cell_width), 0, columns_ - 1);
      const int y0 =
          std::clamp(static_cast<int>((std::min(a.y, b.y) - margin - area_.y) / cell_height), 0, rows_ - 1);
      const int y1 =
          std::clamp(static_cast<int>((std::max(a.y, b.y) + margin - area_.y) / cell_height), 0, rows_ - 1);
      for (int y = y0; y <= y1; ++y)
        for (int x = x0; x <= x1; ++x) cells.push_back(static_cast<std::uint32_t>(y * columns_ + x));
      a = b;
    }
    std::sort(cells.begin(), cells.end());
    cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
    for (const std::uint32_t cell : cells) crossings.emplace_back(cell, static_cast<std::uint32_t>(i));
  }
  cell_begin_.assign(static_cast<std::size_t>(columns_ * rows_) + 1, 0);
  for (const auto& [cell, ribbon] : crossings) ++cell_begin_[cell + 1];
  for (std::size_t c = 1; c < cell_begin_.size(); ++c) cell_begin_[c] += cell_begin_[c - 1];
  cell_ribbons_.resize(crossings.size());
  std::vector<std::uint32_t> next(cell_begin_.begin(), cell_begin_.end() - 1);
  for (const auto& [cell, ribbon] : crossings) cell_ribbons_[next[cell]++] = ribbon;
}

Pick Picker::pick(Vec2 point, float slack) const {
  const Layout& l = *layout_;
  if (const Pick box = pick_box(l, point)) return box;
  const int x =
      static_cast<int>((point.x - area_.x) / std::max(area_.width, 1.0f) * static_cast<float>(columns_));
  const int y =
      static_cast<int>((point.y - area_.y) / std::max(area_.height, 1.0f) * static_cast<float>(rows_));
  if (x < 0 || y < 0 || x >= columns_ || y >= rows_) return {};
  Best best;
  const auto cell = static_cast<std::size_t>(y * columns_ + x);
  for (std::uint32_t i = cell_begin_[cell]; i < cell_begin_[cell + 1]; ++i) {
    const std::uint32_t ribbon = cell_ribbons_[i];
    best.offer(l.ribbons[ribbon].state, l.ribbon_meanings[ribbon], point, slack, static_cast<int>(ribbon));
  }
  if (best.index < 0) return pick_image(l, point);
  const auto at = static_cast<std::size_t>(best.index);
  return {l.ribbon_meanings[at], l.ribbons[at].key};
}

Pick pick(const Layout& layout, Vec2 point, float slack) {
  if (const Pick box = pick_box(layout, point)) return box;
  Best best;
  for (std::size_t i = 0; i < layout.ribbons.size(); ++i)
    best.offer(layout.ribbons[i].state, layout.ribbon_meanings[i], point, slack, static_cast<int>(i));
  if (best.index < 0) return pick_image(layout, point);
  const auto at = static_cast<std::size_t>(best.index);
  return {layout.ribbon_meanings[at], layout.ribbons[at].key};
}

Pick pick(const Morph& morph, float t, Vec2 point, float slack) {
  if (t <= 0) return pick(*morph.from, point, slack);
  if (t >= 1) return pick(*morph.to, point, slack);
  return pick(evaluate(morph, t), point, slack);
}

}  // namespace headscope
