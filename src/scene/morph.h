#pragma once

#include <optional>

#include "scene/scene.h"

namespace headscope {

struct MorphOptions {
  /// Part of the transition over which the starts of elements are spread by their `delay`, [0, 0.9]. 0: all
  /// together.
  float stagger = 0;
  /// Edges of a query that had none before grow out of it; otherwise new edges widen where they lie.
  bool grow_from_query = true;
};

/// Pairs two layouts: first by key, then ribbons that stayed alone by the tokens they join (a head switch
/// glides), the rest grows or fades. A text that changes is gone before the new one comes. Never null
/// layouts.
MorphPtr make_morph(LayoutPtr from, LayoutPtr to, const MorphOptions& options = {});

/// A picture that does not move.
MorphPtr still(LayoutPtr layout);

/// The picture at transition time t: exactly `from` at t ≤ 0 and `to` at t ≥ 1; in between everything that is
/// seen, with its keys, so that an interrupted transition goes on from where it is.
Layout evaluate(const Morph& morph, float t);

/// Where element `i` of a kind stands at time t.
RibbonState ribbon_at(const Tween<RibbonState>& tween, float t);
BoxState box_at(const Tween<BoxState>& tween, float t);
LabelState label_at(const Tween<LabelState>& tween, float t);
ImageState image_at(const Tween<ImageState>& tween, float t);

/// The stagger for a transition of `duration_secs`: 0.02 s an edge, or what is asked for, at most 40 % of the
/// time.
float edge_stagger(const Layout& to, float duration_secs, std::optional<double> secs_per_edge = {});

/// The camera of a transition at time t on a stage of this size, logical pixels: the part that is seen glides
/// as elements do that start at once. Larger than the stage it is made smaller; never enlarged beyond what
/// the document's camera asks for.
Camera camera_of(const Morph& morph, float t, float width, float height);

}  // namespace headscope
