#pragma once

#include <vector>

#include "scene/text.h"

/// The small box with hexadecimal digits that stands for a code point no installed font can draw.
namespace headscope {

float code_point_box_advance(std::uint32_t code_point);  ///< em

/// Frame and digits as rectangles in em, y down, base line at 0; they do not overlap.
std::vector<Rect> code_point_box(std::uint32_t code_point);

GlyphOutline code_point_box_outline(std::uint32_t code_point);
GlyphBitmap rasterize_code_point_box(std::uint32_t code_point, float pixel_size, float subpixel_x);

}  // namespace headscope
