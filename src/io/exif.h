#pragma once

#include <cstddef>
#include <span>

#include "io/image.h"

/// Which way up a camera was held.
namespace headscope {

/// The orientation that an Exif block ("Exif\0\0", then TIFF) names in its first directory: 1 to 8 as
/// TIFF 6.0 counts them; 1, upright, when it names none or breaks the rules of the format.
int exif_orientation(std::span<const std::byte> block);

/// The picture as it is to be looked at. REQUIRES: orientation from 1 to 8.
Image upright(Image image, int orientation);

}  // namespace headscope
