#pragma once

#include <span>

#include "scene/picture.h"

namespace headscope {

/// Weights on the arcs of the active row, strongest first. A label stands beside its own arc, clear of every
/// other lit one and nearer to its own than to any of those that have a weight to tell; where no such place
/// is free it stands below its key, and where that is taken too it is left out.
///   pills     where the tokens stand, that of a key at its index; of those that are not shown: empty
///   one_line  below the pills is nothing else
void add_arc_labels(Picture& picture, std::span<const Rect> pills, bool one_line);

}  // namespace headscope
