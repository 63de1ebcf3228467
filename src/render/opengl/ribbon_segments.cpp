#include "render/opengl/ribbon_segments.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace headscope {

namespace {

float cross(Vec2 a, Vec2 b) {
  return a.x * b.y - a.y * b.x;
}

/// How strongly the curve bends at t = 0, ¼, ½, ¾, 1: a chord over a step h of the parameter leaves the curve
/// by h²/8 · bend. It is the part of B″ across B′; the part along the curve only changes its speed.
std::array<float, 5> bends(const RibbonState& ribbon) {
  const Vec2 d0 = ribbon.p1 - ribbon.p0, d1 = ribbon.p2 - ribbon.p1, d2 = ribbon.p3 - ribbon.p2;
  const Vec2 a = d1 - d0, b = d2 - d1;
  std::array<float, 5> bend{};
  for (std::size_t i = 0; i < bend.size(); ++i) {
    const float t = 0.25f * static_cast<float>(i), s = 1 - t;
    const Vec2 first = (3 * s * s) * d0 + (6 * s * t) * d1 + (3 * t * t) * d2;
    const Vec2 second = (6 * s) * a + (6 * t) * b;
    const float speed = length(first);
    bend[i] = speed > 1e-3f ? std::abs(cross(first, second)) / speed : length(second);
  }
  return bend;
}

/// Whether the bend falls from both ends to the middle at least as an S-curve's does.
bool has_dense_ends(const std::array<float, 5>& bend) {
  const float end = std::min(bend[0], bend[4]);
  return bend[2] <= 0.1f * end && bend[1] <= 0.75f * end && bend[3] <= 0.75f * end;
}

float largest(const std::array<float, 5>& bend) {
  return *std::max_element(bend.begin(), bend.end());
}

bool one_color(const RibbonState& r) {
  return r.color0.r == r.color3.r && r.color0.g == r.color3.g && r.color0.b == r.color3.b;
}

}  // namespace

RibbonCut cut_ribbon(const Tween<RibbonState>& tween, float px) {
  const std::array<float, 5> from = bends(tween.from), to = bends(tween.to);
  const float bend = std::max(largest(from), largest(to));
  // Kinks show on broad bands, hardly on hairlines.
  const auto thickness = [&](const RibbonState& r) { return px * std::max(r.width0, r.width3); };
  const float tolerance = std::max(thickness(tween.from), thickness(tween.to)) > 3 ? 0.15f : 0.22f;
  float n = std::sqrt(bend * px / (8 * tolerance));
  RibbonCut cut;
  // A state that is straight, or drawn in to its query, looks right however it is cut.
  cut.dense_ends = n > 2 && (has_dense_ends(from) || largest(from) < 0.1f * bend) &&
                   (has_dense_ends(to) || largest(to) < 0.1f * bend);
  if (cut.dense_ends) n *= 2.0f / 3;  // the mean of √|1 − 2t|
  const int fewest = one_color(tween.from) && one_color(tween.to) ? 1 : 4;
  cut.segments = std::clamp(static_cast<int>(std::ceil(n - 0.05f)), fewest, kMaxRibbonSegments);
  return cut;
}

}  // namespace headscope
