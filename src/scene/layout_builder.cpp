#include "scene/layout_builder.h"

#include <algorithm>

namespace headscope {
namespace {

LabelState place(const GlyphRun& run, Vec2 anchor, Align align, float size, Color color) {
  const float width = run.width * size;
  const float left = align == Align::Left     ? anchor.x
                     : align == Align::Center ? anchor.x - width / 2
                                              : anchor.x - width;
  return {{left, anchor.y + run.cap_height * size / 2}, size, color};
}

}  // namespace

// Ascenders and descenders as lower-case words use them: a font's full line height would keep rows needlessly
// apart.
Rect label_rect(const LabelState& state, const GlyphRun& run) {
  const float top = run.cap_height * state.size, bottom = 0.2f * state.size;
  return {state.origin.x, state.origin.y - top, run.width * state.size, top + bottom};
}

bool overlap(const Rect& a, const Rect& b) {
  return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

Rect LayoutBuilder::label(ElementKey key, const GlyphRunPtr& run, Vec2 anchor, Align align, float size,
                          Color color) {
  const LabelState state = place(*run, anchor, align, size, color);
  if (fixing_) fixed_.labels.push_back(layout_.labels.size());
  layout_.labels.push_back({key, state, 0, 0});
  layout_.label_runs.push_back(run);
  taken_.push_back(label_rect(state, *run));
  return taken_.back();
}

bool LayoutBuilder::has_room(const GlyphRun& run, Vec2 anchor, Align align, float size,
                             const Rect& inside) const {
  Rect rect = label_rect(place(run, anchor, align, size, {}), run);
  if (rect.x < inside.x || rect.y < inside.y || rect.right() > inside.right() ||
      rect.bottom() > inside.bottom())
    return false;
  // Words keep the distance of a space, lines that of their descenders.
  rect.x -= 0.5f * size;
  rect.width += size;
  rect.y -= 0.1f * size;
  rect.height += 0.2f * size;
  return std::none_of(taken_.begin(), taken_.end(), [&](const Rect& other) { return overlap(rect, other); });
}

bool LayoutBuilder::try_label(ElementKey key, const GlyphRunPtr& run, Vec2 anchor, Align align, float size,
                              Color color, const Rect& inside) {
  if (!has_room(*run, anchor, align, size, inside)) return false;
  label(key, run, anchor, align, size, color);
  return true;
}

void LayoutBuilder::reserve_edges(std::size_t n) {
  layout_.ribbons.reserve(n);
  layout_.ribbon_meanings.reserve(n);
  layout_.ribbon_kin.reserve(n);
}

}  // namespace headscope
