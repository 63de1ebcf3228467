#pragma once

namespace headscope {

/// A rectangle of texels.
struct AtlasRect {
  int x = 0, y = 0, width = 0, height = 0;
  bool empty() const { return width <= 0 || height <= 0; }
};

}  // namespace headscope
