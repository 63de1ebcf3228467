#pragma once

#include "scene/scene.h"

namespace headscope {

/// Most quads one ribbon is made of.
inline constexpr int kMaxRibbonSegments = 63;

/// How many quads show `ribbon` as a smooth curve at `px` device pixels per logical pixel: 1 when it is
/// straight, more with length and curvature, so that no point lies further from the true curve than a
/// fraction of a pixel.
int ribbon_segments(const RibbonState& ribbon, float px);

/// Enough for every moment of a tween.
int ribbon_segments(const Tween<RibbonState>& tween, float px);

}  // namespace headscope
