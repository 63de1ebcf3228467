#include <algorithm>
#include <cmath>

#include "render/vector/vector_canvas.h"
#include "scene/morph.h"
#include "scene/palette.h"

namespace headscope {

namespace {

float decode(float c) {
  return c <= 0.04045f ? c / 12.92f : std::pow((c + 0.055f) / 1.055f, 2.4f);
}
float encode(float c) {
  return c <= 0.0031308f ? c * 12.92f : 1.055f * std::pow(c, 1 / 2.4f) - 0.055f;
}
float blend(float a, float b, float u) {
  return a + u * (b - a);
}
Color blend(Color a, Color b, float u) {
  return {blend(a.r, b.r, u), blend(a.g, b.g, u), blend(a.b, b.b, u), blend(a.a, b.a, u)};
}

/// Draws the elements of one scene.
class Drawing {
 public:
  Drawing(const Scene& scene, VectorCanvas& canvas) : scene_(scene), morph_(*scene.morph), canvas_(canvas) {
    background_ = blend(morph_.from->background, morph_.to->background, ease(scene.mix));
  }

  void background(float width, float height) {
    if (!scene_.transparent) canvas_.box({{0, 0, width, height}, 0, background_.with_alpha(1)});
  }
  void boxes(bool under) {
    for (std::size_t i = 0; i < morph_.boxes.size(); ++i)
      if ((morph_.box_tags[i].layer < 0) == under) box(box_at(morph_.boxes[i], scene_.mix));
  }
  void images() {
    for (std::size_t i = 0; i < morph_.images.size(); ++i) {
      if (!morph_.image_values[i]) continue;
      const ImageState state = image_at(morph_.images[i], scene_.mix);
      morph_.image_values[i]->pixels ? photo(state, *morph_.image_values[i])
                                     : matrix(state, *morph_.image_values[i]);
    }
  }
  void ribbons() {
    for (const Tween<RibbonState>& tween : morph_.ribbons) ribbon(ribbon_at(tween, scene_.mix));
  }
  void labels() {
    for (std::size_t i = 0; i < morph_.labels.size(); ++i) {
      const LabelState label = label_at(morph_.labels[i], scene_.mix);
      if (!morph_.label_runs[i] || label.color.a <= 0.002f) continue;
      canvas_.text(*morph_.label_runs[i], place(label.origin), label.size * scene_.camera.zoom,
                   seen(label.color));
    }
  }
  void dimming(float width, float height) {
    const float dim = std::clamp(scene_.dim, 0.0f, 1.0f);
    if (dim > 0) canvas_.box({{0, 0, width, height}, 0, background_.with_alpha(dim)});
  }

 private:
  Vec2 place(Vec2 p) const { return scene_.camera.zoom * (p - scene_.camera.offset); }
  Rect place(const Rect& r) const {
    const Vec2 corner = place(Vec2{r.x, r.y});
    return {corner.x, corner.y, r.width * scene_.camera.zoom, r.height * scene_.camera.zoom};
  }

  /// The colour with the alpha that gives, encoded over the background, what linear light gives: the best fit
  /// of the three components.
  Color seen(Color c) const {
    if (scene_.transparent || c.a <= 0 || c.a >= 1) return c;
    const float ink[] = {c.r, c.g, c.b}, ground[] = {background_.r, background_.g, background_.b};
    float along = 0, whole = 0;
    for (int i = 0; i < 3; ++i) {
      const float wanted = encode(blend(decode(ground[i]), decode(ink[i]), c.a)), way = ink[i] - ground[i];
      along += (wanted - ground[i]) * way;
      whole += way * way;
    }
    return whole < 1e-5f ? c : c.with_alpha(std::clamp(along / whole, 0.0f, 1.0f));
  }

  void box(const BoxState& state) {
    if (state.rect.width <= 0 || state.rect.height <= 0) return;
    const Rect rect = place(state.rect);
    const float zoom = scene_.camera.zoom, half = 0.5f * std::min(rect.width, rect.height);
    const float radius = std::min(state.radius * zoom, half);
    if (state.fill.a > 0.002f) canvas_.box({rect, radius, seen(state.fill)});
    const float border = std::min(state.border * zoom, half);
    if (state.stroke.a <= 0.002f || border <= 0) return;
    // The line lies inside of the edge.
    const float in = border / 2;
    canvas_.box({{rect.x + in, rect.y + in, rect.width - border, rect.height - border},
                 std::max(0.0f, radius - in),
                 seen(state.stroke),
                 border});
  }

  void ribbon(const RibbonState& s) {
    const float zoom = scene_.camera.zoom, px = zoom * scene_.pixel_scale;
    const float light =
        std::max(s.color0.a * std::min(s.width0 * px, 1.0f), s.color3.a * std::min(s.width3 * px, 1.0f));
    if (light < 0.0005f) return;  // as the shader has it: no pixel would change
    VectorRibbon out{place(s.p0),     place(s.p1), place(s.p2),         place(s.p3),
                     zoom * s.width0, {},          s.round_caps > 0.5f, {}};
    if (std::abs(s.width0 - s.width3) * zoom > 0.05f) outline(out, zoom * s.width3);
    out.stops = stops(out, s);
    canvas_.ribbon(out);
  }

  static Vec2 point(const VectorRibbon& r, float t) {
    const float s = 1 - t;
    return (s * s * s) * r.p0 + (3 * s * s * t) * r.p1 + (3 * s * t * t) * r.p2 + (t * t * t) * r.p3;
  }

  /// Both edges of a ribbon that grows, as a polygon fine enough for any printer.
  static void outline(VectorRibbon& r, float width3) {
    constexpr int kSteps = 32;
    std::vector<Vec2> back;
    for (int i = 0; i <= kSteps; ++i) {
      const float t = static_cast<float>(i) / kSteps, around = 0.5f / kSteps;
      const Vec2 at = point(r, t),
                 ahead = point(r, std::min(1.0f, t + around)) - point(r, std::max(0.0f, t - around));
      const float speed = length(ahead), half = 0.5f * blend(r.width, width3, t);
      const Vec2 side = speed > 1e-6f ? (half / speed) * Vec2{-ahead.y, ahead.x} : Vec2{0, half};
      r.outline.push_back(at + side);
      back.push_back(at - side);
    }
    r.outline.insert(r.outline.end(), back.rbegin(), back.rend());
  }

  /// Colours change evenly along the curve; a gradient is even along a line, so it gets a few stops where the
  /// curve crosses them.
  std::vector<GradientStop> stops(const VectorRibbon& r, const RibbonState& s) const {
    const Color a = seen(s.color0), b = seen(s.color3);
    const Vec2 axis = r.p3 - r.p0;
    const float whole = axis.x * axis.x + axis.y * axis.y;
    if (s.color0 == s.color3 || whole < 1e-4f) return {{0, whole < 1e-4f ? b : a}};
    std::vector<GradientStop> found;
    constexpr int kParts = 6;
    float reached = 0;
    for (int i = 0; i <= kParts; ++i) {
      const float t = static_cast<float>(i) / kParts;
      const Vec2 way = point(r, t) - r.p0;
      reached = std::clamp((way.x * axis.x + way.y * axis.y) / whole, reached, 1.0f);
      found.push_back({i == kParts ? 1.0f : reached, seen(blend(s.color0, s.color3, t))});
    }
    return found;
  }

  void photo(const ImageState& state, const MatrixValues& picture) {
    if (picture.rows < 1 || picture.cols < 1 || state.opacity <= 0.002f) return;
    const Rect rect = place(state.rect);
    const float each = std::min(rect.width / static_cast<float>(picture.cols),
                                rect.height / static_cast<float>(picture.rows)) *
                       scene_.pixel_scale;
    constexpr float kSquaresFrom = 6;  // as the shader has it
    canvas_.photo({rect, picture.rows, picture.cols, picture.pixels, state.opacity, each >= kSquaresFrom});
  }

  void matrix(const ImageState& state, const MatrixValues& values) {
    if (values.rows < 1 || values.cols < 1 || state.opacity <= 0.002f) return;
    VectorCells out;
    out.rect = place(state.rect);
    // Where a pixel covers several values it shows the largest: a lone spike stays.
    const auto step = [&](int count, float length) {
      const float pixels = std::max(1.0f, length * scene_.pixel_scale);
      return std::max(1, static_cast<int>(std::ceil(static_cast<float>(count) / pixels)));
    };
    const int by_row = step(values.rows, out.rect.height), by_col = step(values.cols, out.rect.width);
    out.rows = (values.rows + by_row - 1) / by_row;
    out.cols = (values.cols + by_col - 1) / by_col;
    out.colors.reserve(static_cast<std::size_t>(out.rows) * static_cast<std::size_t>(out.cols));
    const ColorMap map = morph_.to->color_map;
    for (int row = 0; row < out.rows; ++row)
      for (int col = 0; col < out.cols; ++col) {
        float largest = -1;
        for (int y = row * by_row; y < std::min(values.rows, (row + 1) * by_row); ++y)
          for (int x = col * by_col; x < std::min(values.cols, (col + 1) * by_col); ++x)
            largest = std::max(largest, values.values[static_cast<std::size_t>(y) * values.cols + x]);
        Color color =
            largest < 0 ? Color{0, 0, 0, 0} : matrix_color(map, std::min(largest, 1.0f), state.tint);
        color.a *= state.opacity;
        out.colors.push_back(seen(color));
      }
    canvas_.cells(out);
  }

  const Scene& scene_;
  const Morph& morph_;
  VectorCanvas& canvas_;
  Color background_;
};

}  // namespace

void draw_vectors(const Scene& scene, float width, float height, VectorCanvas& canvas) {
  Drawing drawing(scene, canvas);
  drawing.background(width, height);
  drawing.boxes(true);
  drawing.images();
  drawing.ribbons();
  drawing.boxes(false);
  drawing.labels();
  drawing.dimming(width, height);
}

}  // namespace headscope
