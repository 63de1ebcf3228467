#pragma once

#include "io/image.h"

namespace headscope {

/// How a new pixel weighs the old ones around it; the numbers are those of preprocessor_config.json's
/// `resample`.
enum class ResizeFilter { Nearest = 0, Lanczos = 1, Bilinear = 2, Bicubic = 3, Box = 4, Hamming = 5 };

/// The picture in another size, level for level as Pillow makes it: when shrinking, the filter is as many
/// times wider, so that every old pixel counts; first along the rows, then along the columns, each rounded to
/// whole levels. Colour alone: alpha becomes opaque without the colour being changed by it. REQUIRES: width
/// and height at least 1.
Image resize(const Image& image, int width, int height, ResizeFilter filter);

}  // namespace headscope
