#include "scene/arc_labels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace headscope {
namespace {

constexpr float kLeastWeight = 0.03f;  ///< that is written down
constexpr int kMostLabels = 12;

Vec2 on_curve(const RibbonState& r, float u) {
  const float v = 1 - u;
  return (v * v * v) * r.p0 + (3 * v * v * u) * r.p1 + (3 * v * u * u) * r.p2 + (u * u * u) * r.p3;
}

/// Of unit length, to the left of the way from query to key; up where the curve stands still.
Vec2 normal_at(const RibbonState& r, float u) {
  const Vec2 d = on_curve(r, std::min(u + 0.01f, 1.0f)) - on_curve(r, std::max(u - 0.01f, 0.0f));
  const float length = std::hypot(d.x, d.y);
  return length > 0 ? Vec2{d.y / length, -d.x / length} : Vec2{0, -1};
}

/// An arc as a line of short pieces.
struct Polyline {
  static constexpr int kPieces = 32;
  std::array<Vec2, kPieces + 1> points;
  Rect bounds;  ///< thickness included
  float half = 0;
  float weight = 0;
  int key = 0;
  std::size_t ribbon = 0;
};

Polyline polyline_of(const RibbonState& r) {
  Polyline line;
  line.half = r.width0 / 2;
  float x0 = r.p0.x, x1 = x0, y0 = r.p0.y, y1 = y0;
  for (std::size_t i = 0; i < line.points.size(); ++i) {
    const Vec2 p = line.points[i] = on_curve(r, static_cast<float>(i) / Polyline::kPieces);
    x0 = std::min(x0, p.x), x1 = std::max(x1, p.x), y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
  }
  line.bounds = {x0 - line.half, y0 - line.half, x1 - x0 + 2 * line.half, y1 - y0 + 2 * line.half};
  return line;
}

/// Whether the piece from `a` to `b` meets the box: what is left of it after all four sides have cut.
bool meets(Vec2 a, Vec2 b, const Rect& box) {
  float begin = 0, end = 1;
  const auto cut = [&](float from, float step, float low, float high) {
    if (step == 0) return from >= low && from <= high;
    const float t0 = (low - from) / step, t1 = (high - from) / step;
    begin = std::max(begin, std::min(t0, t1));
    end = std::min(end, std::max(t0, t1));
    return begin <= end;
  };
  return cut(a.x, b.x - a.x, box.x, box.right()) && cut(a.y, b.y - a.y, box.y, box.bottom());
}

bool touches(const Polyline& line, const Rect& box) {
  if (!overlap(line.bounds, box)) return false;
  const Rect grown{box.x - line.half, box.y - line.half, box.width + 2 * line.half,
                   box.height + 2 * line.half};
  for (std::size_t i = 1; i < line.points.size(); ++i)
    if (meets(line.points[i - 1], line.points[i], grown)) return true;
  return false;
}

/// From the middle of a label to the nearest edge of the arc.
float distance(const Polyline& line, Vec2 point) {
  float nearest = std::numeric_limits<float>::max();
  for (std::size_t i = 1; i < line.points.size(); ++i) {
    const Vec2 a = line.points[i - 1], d = line.points[i] - a, to = point - a;
    const float length = d.x * d.x + d.y * d.y;
    const float t = length > 0 ? std::clamp((to.x * d.x + to.y * d.y) / length, 0.0f, 1.0f) : 0.0f;
    nearest = std::min(nearest, std::hypot(to.x - t * d.x, to.y - t * d.y));
  }
  return nearest - line.half;
}

/// Where the weight of an arc may stand, best first: outside or inside near its top, then down its two legs,
/// first that of its key. All arcs of the row meet at the query: on that side only the outside is good. A
/// loop is read from its sides.
///   gap  between arc and label
std::vector<Vec2> places_of(const RibbonState& r, bool loop, float width, float height, float gap) {
  std::vector<Vec2> places;
  const float away = r.width0 / 2 + gap;
  const auto add = [&](float u, bool inside) {
    const Vec2 n = normal_at(r, u);
    const float reach = away + std::abs(n.x) * width / 2 + std::abs(n.y) * height / 2;
    const Vec2 on = on_curve(r, u), outside = n.y < 0 || (n.y == 0 && n.x < 0) ? n : -1 * n;
    places.push_back(on + reach * outside);
    if (inside) places.push_back(on - reach * outside);
  };
  if (loop) add(0.25f, true), add(0.75f, true);
  for (int i = 0; i <= 10; ++i) {
    const float step = 0.04f * static_cast<float>(i);
    add(0.5f + step, true);
    if (i > 0 && i <= 7) add(0.5f - step, i <= 2);
  }
  return places;
}

struct Label {
  ElementKey key = 0;
  GlyphRunPtr run;
  Color color;
};

class ArcLabels {
 public:
  ArcLabels(Picture& picture, std::span<const Rect> pills, bool one_line)
      : p_(picture), pills_(pills), one_line_(one_line) {
    const Layout& layout = p_.builder.layout();
    for (std::size_t i = 0; i < layout.ribbons.size(); ++i) {
      const Meaning& meaning = layout.ribbon_meanings[i];
      if (meaning.kind != Meaning::Kind::Edge || meaning.query != p_.connections.active) continue;
      lit_.push_back(polyline_of(layout.ribbons[i].state));
      lit_.back().ribbon = i;
      lit_.back().weight = meaning.weight;
      lit_.back().key = meaning.key;
    }
    std::stable_sort(lit_.begin(), lit_.end(),
                     [](const Polyline& a, const Polyline& b) { return a.weight > b.weight; });
  }

  void add() {
    int placed = 0;
    for (std::size_t i = 0; i < lit_.size() && lit_[i].weight >= kLeastWeight && placed < kMostLabels; ++i)
      placed += add_one(i) ? 1 : 0;
  }

 private:
  bool add_one(std::size_t i) {
    const Layout& layout = p_.builder.layout();
    const RibbonState ribbon = layout.ribbons[lit_[i].ribbon].state;
    const Meaning meaning = layout.ribbon_meanings[lit_[i].ribbon];
    const auto head =
        static_cast<std::uint64_t>(meaning.layer + 1) << 32 | static_cast<std::uint32_t>(meaning.head + 1);
    const Label label{
        element_key(ElementKind::Weight, head, p_.id(meaning.query, true), p_.id(meaning.key, false)),
        p_.words(weight_text(p_, meaning.weight), FontWeight::SemiBold), ribbon.color3.with_alpha(1)};
    const float usual = p_.measures.weight, large = 1.25f * usual;
    // A strong weight is written large where that has room. Then the thinnest arcs may pass behind a label.
    if (meaning.weight >= 0.3f && beside_arc(i, label, ribbon, meaning, large, 0)) return true;
    if (beside_arc(i, label, ribbon, meaning, usual, 0)) return true;
    if (beside_arc(i, label, ribbon, meaning, usual, kLeastWeight)) return true;
    return at_key(i, label, pills_[static_cast<std::size_t>(meaning.key)], usual);
  }

  /// `least`: lighter arcs are no obstacles.
  bool beside_arc(std::size_t own, const Label& label, const RibbonState& ribbon, const Meaning& meaning,
                  float size, float least) {
    const Rect stage{0, 0, p_.stage.width, p_.stage.height};
    const float width = label.run->width * size;
    for (const float gap : {0.3f * size, 0.7f * size}) {
      for (const Vec2 at :
           places_of(ribbon, p_.one_text() && meaning.query == meaning.key, width, size, gap)) {
        const Rect box{at.x - width / 2, at.y - size / 2, width, size};
        if (!clear(own, box, least) || !nearest(own, at)) continue;
        if (p_.builder.try_label(label.key, label.run, at, Align::Center, size, label.color, stage))
          return true;
      }
    }
    return false;
  }

  /// Below its key, one below the other; between lines of text in one line, below or above.
  bool at_key(std::size_t own, const Label& label, const Rect& pill, float size) {
    const Rect stage{0, 0, p_.stage.width, p_.stage.height};
    const float first = 0.9f * size, next = 1.35f * size, x = pill.center().x;
    std::vector<float> rows{pill.bottom() + first};
    if (one_line_)
      rows.insert(rows.end(), {rows[0] + next, rows[0] + 2 * next});
    else
      rows.push_back(pill.y - first);
    const float width = label.run->width * size;
    for (const float y : rows) {
      if (!clear(own, {x - width / 2, y - size / 2, width, size}, kLeastWeight)) continue;
      if (p_.builder.try_label(label.key, label.run, {x, y}, Align::Center, size, label.color, stage))
        return true;
    }
    return false;
  }

  bool clear(std::size_t own, const Rect& box, float least) const {
    for (std::size_t i = 0; i < lit_.size(); ++i)
      if ((i == own || lit_[i].weight >= least) && touches(lit_[i], box)) return false;
    return true;
  }

  /// A thinner strand that runs along between the same two tokens takes nothing away.
  bool nearest(std::size_t own, Vec2 at) const {
    const float slack = 2 * p_.measures.line, here = distance(lit_[own], at);
    for (std::size_t i = 0; i < lit_.size() && lit_[i].weight >= kLeastWeight; ++i) {
      const bool along = i > own && lit_[i].key == lit_[own].key;
      if (i != own && !along && distance(lit_[i], at) + slack < here) return false;
    }
    return true;
  }

  Picture& p_;
  std::span<const Rect> pills_;
  bool one_line_;
  std::vector<Polyline> lit_;  ///< strongest first
};

}  // namespace

void add_arc_labels(Picture& picture, std::span<const Rect> pills, bool one_line) {
  if (!picture.view().show_labels || picture.connections.active < 0) return;
  for (const Rect& pill : pills)
    if (pill.width > 0) picture.builder.reserve(pill);
  ArcLabels(picture, pills, one_line).add();
}

}  // namespace headscope
