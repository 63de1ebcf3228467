#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace headscope {

/// 8-bit sRGB with straight alpha, 4 bytes a pixel, top row first.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;
};

/// Key (1–79 Latin letters, such as "Description") and UTF-8 text, kept beside the picture in the file.
using ImageTexts = std::vector<std::pair<std::string, std::string>>;

/// PNG bytes: RGB where every pixel is opaque, else RGBA. Fast rather than small (level 1, the "sub" filter);
/// equal images give equal bytes. REQUIRES: rgba.size() == width · height · 4, width and height at least 1.
/// Errors: InvalidArgument (a key that PNG does not allow).
Result<std::string> encode_png(const Image& image, const ImageTexts& texts = {});

struct DecodedImage {
  Image image;
  ImageTexts texts;
};

/// Any PNG as 8-bit RGBA: 16 bits are rounded, grey and palette expanded. `name` stands in the sentences.
/// Errors: Corrupt; Unsupported (more than 64 million pixels).
Result<DecodedImage> decode_png(std::span<const std::byte> bytes, const std::string& name);

/// Writes the file whole or not at all. Errors: as encode_png and AtomicFile.
Status write_png(const std::filesystem::path& path, const Image& image, const ImageTexts& texts = {});
/// Errors: as MappedFile::open and decode_png.
Result<DecodedImage> read_png(const std::filesystem::path& path);

/// A baseline or progressive JPEG: grey, colour or inks (CMYK), turned as its Exif orientation says. A file
/// that lacks a part of its picture is an error, not a picture with a grey part. Errors: Corrupt; Unsupported
/// (more than 64 million pixels, arithmetic coding).
Result<Image> decode_jpeg(std::span<const std::byte> bytes, const std::string& name);

/// A PNG or a JPEG, told apart by how the file begins. Errors: as MappedFile::open, decode_png, decode_jpeg;
/// Unsupported (another kind of file).
Result<Image> read_picture(const std::filesystem::path& path);

}  // namespace headscope
