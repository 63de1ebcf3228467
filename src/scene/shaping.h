#pragma once

#include <string>

#include "scene/font_files.h"
#include "scene/text.h"

namespace headscope {

/// Shapes one line: bidirectional order (Unicode UAX 9), fonts by grapheme cluster, HarfBuzz for each run of
/// one font, script and direction. `text` is valid UTF-8.
GlyphRun shape_line(std::string text, FontRole role, FontWeight weight, FontFiles& fonts);

}  // namespace headscope
