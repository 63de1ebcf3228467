#include <algorithm>

#include "scene/annotations.h"

namespace headscope {
namespace {

/// The part of the stage that the document's camera shows.
Rect seen_part(const CameraChoice& camera, const Layout& layout) {
  const Rect& all = layout.bounds;
  const float width = all.width / camera.zoom, height = all.height / camera.zoom;
  Vec2 center = all.center();
  if (camera.at.kind != Place::Kind::All) {
    const Rect place = place_rect(layout, camera.at);
    if (place.width > 0) center = place.center();
  }
  Rect seen{center.x - width / 2, center.y - height / 2, width, height};
  // Near the edge of the picture the camera does not look beyond it by itself.
  if (camera.zoom >= 1) {
    seen.x = std::clamp(seen.x, all.x, all.right() - width);
    seen.y = std::clamp(seen.y, all.y, all.bottom() - height);
  }
  seen.x += camera.x * width;
  seen.y += camera.y * height;
  return seen;
}

Vec2 moved(Vec2 point, const Rect& seen, float part) {
  return Vec2{seen.x, seen.y} + part * point;
}
Rect moved(const Rect& rect, const Rect& seen, float part) {
  const Vec2 corner = moved(Vec2{rect.x, rect.y}, seen, part);
  return {corner.x, corner.y, part * rect.width, part * rect.height};
}

}  // namespace

void apply_camera(Picture& p) {
  Layout& layout = p.builder.layout();
  if (p.document.camera == CameraChoice{}) return;
  const Rect seen = seen_part(p.document.camera, layout);
  layout.seen = seen;
  const float part = seen.width / layout.bounds.width;
  const LayoutBuilder::Fixed& fixed = p.builder.fixed();
  // What the picture leaves free for words stays free when parts of it come there.
  const Rect free = moved(p.content, seen, part);
  const auto covered = [&](const Rect& rect) {
    return rect.center().y < free.y || rect.center().y > free.bottom();
  };
  std::vector<bool> is_fixed(std::max(layout.labels.size(), layout.boxes.size()), false);
  for (const std::size_t i : fixed.labels) is_fixed[i] = true;
  for (std::size_t i = 0; i < layout.labels.size(); ++i) {
    LabelState& label = layout.labels[i].state;
    if (is_fixed[i]) {
      label.origin = moved(label.origin, seen, part);
      label.size *= part;
    } else if (covered(label_rect(label, *layout.label_runs[i]))) {
      label.color.a = 0;
    }
  }
  is_fixed.assign(is_fixed.size(), false);
  for (const std::size_t i : fixed.boxes) is_fixed[i] = true;
  for (std::size_t i = 0; i < layout.boxes.size(); ++i) {
    BoxState& box = layout.boxes[i].state;
    if (is_fixed[i]) {
      box.rect = moved(box.rect, seen, part);
      box.radius *= part;
      box.border *= part;
    } else if (covered(box.rect)) {
      box.fill.a = box.stroke.a = 0;
    }
  }
  std::vector<bool> fixed_ribbon(layout.ribbons.size(), false);
  for (const std::size_t i : fixed.ribbons) fixed_ribbon[i] = true;
  for (std::size_t i = 0; i < layout.ribbons.size(); ++i) {
    RibbonState& ribbon = layout.ribbons[i].state;
    if (!fixed_ribbon[i]) continue;
    for (Vec2* point : {&ribbon.p0, &ribbon.p1, &ribbon.p2, &ribbon.p3}) *point = moved(*point, seen, part);
    ribbon.width0 *= part;
    ribbon.width3 *= part;
  }
}

}  // namespace headscope
