#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/image.h"

/// PNG (ISO/IEC 15948) from its parts, for writers that need more than one picture in a file.
namespace headscope {

inline constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";

/// Part of an image.
struct PixelRect {
  int x = 0, y = 0, width = 0, height = 0;
};

/// Length, type, data and check sum.
///   type  four letters
void append_png_chunk(std::string& out, std::string_view type, std::string_view data);
/// The header of an 8-bit picture, RGB or RGBA, and that it is sRGB.
void append_png_header(std::string& out, int width, int height, bool alpha);
/// Errors: InvalidArgument (a key that PNG does not allow).
Status append_png_texts(std::string& out, const ImageTexts& texts);
/// The compressed rows of a part of the image: what IDAT and fdAT hold. None: without `alpha`, a pixel that
/// is not opaque.
std::optional<std::string> compress_pixels(const Image& image, const PixelRect& part, bool alpha);

/// Big-endian, as PNG writes numbers.
void append_u32(std::string& out, std::uint32_t value);
void append_u16(std::string& out, std::uint16_t value);

}  // namespace headscope
