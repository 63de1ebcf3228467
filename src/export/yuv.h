#pragma once

#include <cstddef>
#include <cstdint>

#include "io/image.h"

namespace headscope {

/// The planes of a YUV 4:2:0 picture, row 0 first; `alpha` may be null.
struct YuvPlanes {
  std::uint8_t *luma, *cb, *cr, *alpha;
  std::ptrdiff_t luma_stride, chroma_stride, alpha_stride;
};

/// 8-bit sRGB to Y'CbCr as ITU-R BT.709 has it, limited range (16…235, 16…240), each chroma sample the mean
/// of four pixels. Integer arithmetic: the same bytes on every machine. With an alpha plane, colours weigh in
/// the chroma by their alpha, so that what is transparent does not darken the edges.
///   image   even width and height
///   planes  luma [height, width], cb and cr [height / 2, width / 2], alpha [height, width]
void to_yuv420(const Image& image, const YuvPlanes& planes);

}  // namespace headscope
