#pragma once

#include <cstddef>
#include <vector>

#include "scene/text.h"

namespace headscope {

/// Which bytes of text which glyphs stand for, so that shaped text can be searched.
struct TextCluster {
  int n_bytes = 0, n_glyphs = 0;
};

/// Glyphs of one font and one direction, and the stretch of text they show.
struct ClusterText {
  FontId font = kCodePointBoxes;
  std::size_t first_glyph = 0, n_glyphs = 0;
  std::size_t first_byte = 0, n_bytes = 0;
  bool backward = false;              ///< right to left: the first cluster has the last glyphs
  std::vector<TextCluster> clusters;  ///< in the order of the text
};

/// The run's glyphs, cut into pieces in visual order. Each glyph is in one piece.
std::vector<ClusterText> text_pieces(const GlyphRun& run);

}  // namespace headscope
