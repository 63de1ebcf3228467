#include "render/raster/ribbon_pieces.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "render/raster/linear_light.h"

namespace headscope {

namespace {

float blend(float a, float b, float u) {
  return a + u * (b - a);
}
Vec2 blend(Vec2 a, Vec2 b, float u) {
  return {blend(a.x, b.x, u), blend(a.y, b.y, u)};
}
Color blend(const Color& a, const Color& b, float u) {
  return {blend(a.r, b.r, u), blend(a.g, b.g, u), blend(a.b, b.b, u), blend(a.a, b.a, u)};
}
float dot(Vec2 a, Vec2 b) {
  return a.x * b.x + a.y * b.y;
}
/// Without the care of std::hypot: nothing here is near the ends of the number range.
float fast_length(Vec2 v) {
  return std::sqrt(dot(v, v));
}

/// The curve at one moment, in device pixels.
struct Curve {
  Vec2 p0, p1, p2, p3;
  float width0 = 0, width3 = 0;
  Color color0, color3;
  float caps = 1;
};

Curve curve_at(const Tween<RibbonState>& tween, float mix, const PixelView& view) {
  const RibbonState &a = tween.from, &b = tween.to;
  const float u = ease(tween.end > tween.begin ? (mix - tween.begin) / (tween.end - tween.begin)
                       : mix < tween.begin     ? 0.0f
                                               : 1.0f);
  const auto place = [&](Vec2 from, Vec2 to) {
    return view.px * (blend(from, to, u) - view.offset) - view.tile;
  };
  return {place(a.p0, b.p0),
          place(a.p1, b.p1),
          place(a.p2, b.p2),
          place(a.p3, b.p3),
          blend(a.width0, b.width0, u) * view.px,
          blend(a.width3, b.width3, u) * view.px,
          blend(a.color0, b.color0, u),
          blend(a.color3, b.color3, u),
          blend(a.round_caps, b.round_caps, u)};
}

bool can_be_seen(const Curve& c, const PixelView& view) {
  // What would change no pixel by half a step.
  if (std::max(c.color0.a * std::min(c.width0, 1.0f), c.color3.a * std::min(c.width3, 1.0f)) < 0.0005f) {
    return false;
  }
  const float reach = 0.5f * std::max(c.width0, c.width3) + 2;
  const auto [x_low, x_high] = std::minmax({c.p0.x, c.p1.x, c.p2.x, c.p3.x});
  const auto [y_low, y_high] = std::minmax({c.p0.y, c.p1.y, c.p2.y, c.p3.y});
  return x_high + reach > 0 && y_high + reach > 0 && x_low - reach < view.width &&
         y_low - reach < view.height;
}

/// One cut through the ribbon.
struct Joint {
  Vec2 center, tangent;
  float footprint = 1;   ///< of a pixel, seen along the normal
  float half_width = 0;  ///< device pixels
  float before = 0, after = 0;
  std::array<float, 4> color{};
};

Joint joint_at(const Curve& c, float t, const std::array<float, 3>& light, bool one_color) {
  const Vec2 a = blend(c.p0, c.p1, t), b = blend(c.p1, c.p2, t), d = blend(c.p2, c.p3, t);
  const Vec2 ab = blend(a, b, t), bd = blend(b, d, t);
  Joint joint;
  joint.center = blend(ab, bd, t);
  Vec2 along = bd - ab;
  // Where neighbouring control points meet, the tangent is that of the next ones.
  if (dot(along, along) < 1e-6f) along = t < 0.5f ? c.p2 - c.p0 : c.p3 - c.p1;
  if (dot(along, along) < 1e-6f) along = c.p3 - c.p0;
  const float length = fast_length(along);
  joint.tangent = length < 1e-3f ? Vec2{1, 0} : (1 / length) * along;
  joint.footprint = std::abs(joint.tangent.x) + std::abs(joint.tangent.y);
  joint.half_width = 0.5f * blend(c.width0, c.width3, t);
  joint.before = -fast_length(joint.center - c.p0) / joint.footprint;
  joint.after = -fast_length(joint.center - c.p3) / joint.footprint;
  const float alpha = blend(c.color0.a, c.color3.a, t);
  if (one_color) {
    joint.color = {light[0] * alpha, light[1] * alpha, light[2] * alpha, alpha};
  } else {
    const Color color = blend(c.color0, c.color3, t);
    joint.color = {decode_srgb_fast(color.r) * alpha, decode_srgb_fast(color.g) * alpha,
                   decode_srgb_fast(color.b) * alpha, alpha};
  }
  return joint;
}

/// Lengthens the first end (direction -1) or the last one (1) so far that its last covered pixel lies inside.
void lengthen(Joint& joint, const Curve& c, float direction) {
  const float past = blend(0.5f * joint.footprint, joint.half_width + 0.5f * joint.footprint, c.caps);
  joint.center = joint.center + (direction * past) * joint.tangent;
  joint.before = direction < 0 ? past / joint.footprint : -fast_length(joint.center - c.p0) / joint.footprint;
  joint.after = direction > 0 ? past / joint.footprint : -fast_length(joint.center - c.p3) / joint.footprint;
}

/// The box around the piece, and how the middle line runs through it.
void bound(RibbonPiece& piece, const Joint& a, const Joint& b, Vec2 unit, Vec2 end) {
  const float reach = std::max(a.half_width + 0.5f * a.footprint, b.half_width + 0.5f * b.footprint) + 0.1f;
  const auto overhang = [&](Vec2 tangent) {  // what a slanted cut leaves beyond the middle line's end
    return reach * std::abs(unit.x * tangent.y - unit.y * tangent.x) / std::max(0.2f, dot(unit, tangent));
  };
  const Vec2 from = piece.start - overhang(a.tangent) * unit, to = end + overhang(b.tangent) * unit;
  const float wide = reach * std::abs(unit.y), high = reach * std::abs(unit.x);
  piece.x_low = std::min(from.x, to.x) - wide;
  piece.x_high = std::max(from.x, to.x) + wide;
  piece.y_low = std::min(from.y, to.y) - high;
  piece.y_high = std::max(from.y, to.y) + high;
  // A level piece is bounded by its box alone.
  const bool level = std::abs(unit.y) < 0.01f;
  piece.x_per_y = level ? 0 : unit.x / unit.y;
  piece.reach_in_x = level ? 1e9f : reach / std::abs(unit.y);
}

RibbonPiece piece_between(const Joint& a, const Joint& b, bool is_first, bool is_last, float caps) {
  RibbonPiece piece;
  piece.start = a.center;
  const Vec2 chord = b.center - a.center;
  const float length = fast_length(chord);
  const Vec2 unit = length < 1e-3f ? a.tangent : (1 / length) * chord;
  piece.along = (1 / std::max(length, 1e-3f)) * unit;
  piece.across = {-unit.y, unit.x};
  piece.per_footprint = 1 / a.footprint;
  piece.per_footprint_change = 1 / b.footprint - piece.per_footprint;
  piece.first_cut = a.center;
  piece.last_cut = b.center;
  if (!is_first) piece.first_tangent = a.tangent;
  if (!is_last) piece.last_tangent = b.tangent;
  piece.last_bias = is_last ? -1.0f : 0.0f;
  piece.half_width = a.half_width / a.footprint;
  piece.half_width_change = b.half_width / b.footprint - piece.half_width;
  piece.before = a.before;
  piece.after = a.after;
  // An end is cut square to the curve, not to the chord.
  const float per_pixel = 1 / std::max(length, 1e-3f);
  piece.before_change = ((b.before - a.before) * per_pixel) * (is_first ? a.tangent : unit);
  piece.after_change = ((b.after - a.after) * per_pixel) * (is_last ? b.tangent : unit);
  if (is_last) piece.after = b.after - dot(chord, piece.after_change);
  piece.caps = caps;
  piece.varies = std::abs(piece.half_width_change) > 1e-3f || std::abs(piece.per_footprint_change) > 1e-3f;
  for (std::size_t part = 0; part < 4; ++part) {
    piece.color[part] = a.color[part];
    piece.color_change[part] = b.color[part] - a.color[part];
    piece.tints = piece.tints || std::abs(piece.color_change[part]) > 1e-4f;
  }
  piece.has_ends = std::max({a.before, b.before, a.after, b.after}) > -0.6f;
  bound(piece, a, b, unit, b.center);
  return piece;
}

/// Where the cut lies on the curve; as shaders/ribbon.vert has it.
float cut_place(RibbonCut cut, int step) {
  const float t = static_cast<float>(step) / static_cast<float>(cut.segments);
  if (!cut.dense_ends) return t;
  const float s = 2 * t - 1, root = std::cbrt(std::abs(s));
  return 0.5f + 0.5f * std::copysign(root * root, s);
}

}  // namespace

void append_pieces(const Tween<RibbonState>& tween, RibbonCut cut, float mix, const PixelView& view,
                   std::vector<RibbonPiece>& out) {
  const Curve curve = curve_at(tween, mix, view);
  if (!can_be_seen(curve, view)) return;
  const Color &a = curve.color0, &b = curve.color3;
  const bool one_color = a.r == b.r && a.g == b.g && a.b == b.b;
  std::array<float, 3> light{};
  if (one_color) light = {decode_srgb_fast(a.r), decode_srgb_fast(a.g), decode_srgb_fast(a.b)};

  Joint last = joint_at(curve, 0, light, one_color);
  lengthen(last, curve, -1);
  for (int step = 1; step <= cut.segments; ++step) {
    const bool is_last = step == cut.segments;
    Joint next = joint_at(curve, is_last ? 1.0f : cut_place(cut, step), light, one_color);
    if (is_last) lengthen(next, curve, 1);
    out.push_back(piece_between(last, next, step == 1, is_last, curve.caps));
    const RibbonPiece& piece = out.back();
    if (piece.x_high < 0 || piece.y_high < 0 || piece.x_low > view.width || piece.y_low > view.height) {
      out.pop_back();
    }
    last = next;
  }
}

}  // namespace headscope
