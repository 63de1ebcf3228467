#include "render/opengl/ribbon_segments.h"

#include <algorithm>
#include <cmath>

namespace headscope {

namespace {

float cross(Vec2 a, Vec2 b) {
  return a.x * b.y - a.y * b.x;
}

}  // namespace

int ribbon_segments(const RibbonState& ribbon, float px) {
  // A chord over a step h of the parameter leaves the curve by h²/8 · |B″ across B′| (the part of B″ along
  // the curve only changes its speed). B′ and B″ are those of the cubic at five places.
  const Vec2 d0 = ribbon.p1 - ribbon.p0, d1 = ribbon.p2 - ribbon.p1, d2 = ribbon.p3 - ribbon.p2;
  const Vec2 a = d1 - d0, b = d2 - d1;
  float bend = 0;
  for (const float t : {0.0f, 0.25f, 0.5f, 0.75f, 1.0f}) {
    const float s = 1 - t;
    const Vec2 first = (3 * s * s) * d0 + (6 * s * t) * d1 + (3 * t * t) * d2;
    const Vec2 second = (6 * s) * a + (6 * t) * b;
    const float speed = length(first);
    bend = std::max(bend, speed > 1e-3f ? std::abs(cross(first, second)) / speed : length(second));
  }
  // Kinks show on broad bands, hardly on hairlines.
  const float thickness = px * std::max(ribbon.width0, ribbon.width3);
  const float tolerance = thickness > 3 ? 0.15f : 0.3f;
  const float n = std::sqrt(bend * px / (8 * tolerance));
  const Color &c0 = ribbon.color0, &c3 = ribbon.color3;
  const int fewest = c0.r == c3.r && c0.g == c3.g && c0.b == c3.b ? 1 : 4;
  return std::clamp(static_cast<int>(std::ceil(n - 0.05f)), fewest, kMaxRibbonSegments);
}

int ribbon_segments(const Tween<RibbonState>& tween, float px) {
  return std::max(ribbon_segments(tween.from, px), ribbon_segments(tween.to, px));
}

}  // namespace headscope
