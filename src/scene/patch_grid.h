#pragma once

#include "scene/picture.h"

namespace headscope {

/// Where the patches of a picture lie on the stage.
struct PatchGrid {
  Rect area;
  int n_rows = 1, n_columns = 1;
  int first = 0;  ///< token of the patch at the top left

  int n_patches() const { return n_rows * n_columns; }
  bool has(int token) const { return token >= first && token < first + n_patches(); }
  float width() const { return area.width / static_cast<float>(n_columns); }
  float height() const { return area.height / static_cast<float>(n_rows); }
  Rect patch(int token) const {
    const int row = (token - first) / n_columns, column = (token - first) % n_columns;
    return {area.x + width() * static_cast<float>(column), area.y + height() * static_cast<float>(row),
            width(), height()};
  }
};

/// The picture with each strand's weights laid over its patches, in a rectangle: for small multiples.
void add_patch_tile(Picture& picture, const Strand& strand, const Rect& tile);

}  // namespace headscope
