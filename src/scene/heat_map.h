#pragma once

#include "scene/picture.h"

namespace headscope {

/// Where one head's matrix lies on stage.
struct HeatMap {
  Rect area;
  float cell = 0;  ///< side of a cell
  Vec2 corner(int row, int column) const {
    return {area.x + cell * static_cast<float>(column), area.y + cell * static_cast<float>(row)};
  }
};

/// Adds the matrix of a strand: as a texture with the active row as cells upon it where
/// `Connections::matrices` has it, else each cell is a ribbon laid straight, so that the lines of the other
/// views become their cells.
void add_heat_map(Picture& picture, const HeatMap& map, int strand);

/// Token names left of the rows, as many as have room.
///   copy  numbers the maps that show the same tokens: 0, the first, has the names that glide to other views
void add_row_names(Picture& picture, const HeatMap& map, int copy = 0);
/// Token names above the columns, or below them, on so many levels.
void add_column_names(Picture& picture, const HeatMap& map, bool below, int n_levels, int copy = 0);

Color cell_color(const Picture& picture, const Connection& edge);

}  // namespace headscope
