#pragma once

#include "scene/scene.h"

namespace headscope {

/// Most quads one ribbon is made of.
inline constexpr int kMaxRibbonSegments = 63;

/// How a curve is cut into quads.
struct RibbonCut {
  int segments = 1;
  /// Cuts lie close together at both ends and far apart in the middle, at t = ½ ± ½ |s|^⅔ for even s in [-1,
  /// 1]: right for S-shaped curves, whose middle is straight. Otherwise they are even in t.
  bool dense_ends = false;
};

/// How to show a ribbon as a smooth curve at `px` device pixels per logical pixel, at every moment of its
/// tween: 1 quad when it is straight, more with length and curvature, so that no point lies further from the
/// true curve than a fraction of a pixel. At least 4 where its two ends differ in colour, so that the
/// gradient is that of the encoded colours.
RibbonCut cut_ribbon(const Tween<RibbonState>& tween, float px);

}  // namespace headscope
