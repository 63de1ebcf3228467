#pragma once

#include <cstdint>
#include <vector>

#include "scene/scene.h"

namespace headscope {

struct Pick {
  Meaning meaning;
  ElementKey key = 0;  ///< 0: nothing there
  explicit operator bool() const { return key != 0; }
};

/// Answers what lies under a point. Built once for a layout (O(elements)), asked for every move of the mouse:
/// only the ribbons near the point are looked at. Immutable after construction; thread-safe.
class Picker {
 public:
  /// `layout` must be non-null; it is kept.
  explicit Picker(LayoutPtr layout);
  /// Token pills before edges; among edges the nearest, the wider one of equals. `slack` widens every ribbon.
  Pick pick(Vec2 point, float slack = 3) const;

 private:
  LayoutPtr layout_;
  Rect area_;
  int columns_ = 1, rows_ = 1;
  std::vector<std::uint32_t> cell_begin_;  ///< [columns · rows + 1] into `cell_ribbons_`
  std::vector<std::uint32_t> cell_ribbons_;
};

/// One question without a grid: for a picture in motion, or a few elements.
Pick pick(const Layout& layout, Vec2 point, float slack = 3);
Pick pick(const Morph& morph, float t, Vec2 point, float slack = 3);

/// Shortest distance from `point` to the centre line of the ribbon, and the ribbon's thickness there.
struct RibbonDistance {
  float distance = 0, width = 0;
};
RibbonDistance distance_to_ribbon(const RibbonState& ribbon, Vec2 point);

}  // namespace headscope
