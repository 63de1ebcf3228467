#include "io/exif.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>

namespace headscope {
namespace {

/// Numbers of a TIFF file, whose first letters say which byte comes first. What lies outside of it reads as
/// 0.
struct Tiff {
  std::span<const std::byte> bytes;
  bool big_endian = false;

  std::uint32_t number(std::size_t at, std::size_t n) const {
    if (at > bytes.size() || n > bytes.size() - at) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < n; ++i) {
      value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + (big_endian ? i : n - 1 - i)]);
    }
    return value;
  }
};

constexpr std::uint32_t kOrientationTag = 0x0112, kShort = 3;
constexpr std::size_t kPrefixBytes = 6, kEntryBytes = 12;

}  // namespace

int exif_orientation(std::span<const std::byte> block) {
  if (block.size() < kPrefixBytes || std::memcmp(block.data(), "Exif\0\0", kPrefixBytes) != 0) return 1;
  Tiff tiff{block.subspan(kPrefixBytes)};
  const std::uint32_t order = tiff.number(0, 2);
  if (order != 0x4949 && order != 0x4D4D) return 1;  // "II" or "MM"
  tiff.big_endian = order == 0x4D4D;
  if (tiff.number(2, 2) != 42) return 1;
  const std::size_t directory = tiff.number(4, 4);
  const std::uint32_t n_entries = tiff.number(directory, 2);
  for (std::uint32_t i = 0; i < n_entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (tiff.number(entry, 2) != kOrientationTag) continue;
    const auto value = static_cast<int>(tiff.number(entry + 8, 2));
    return tiff.number(entry + 2, 2) == kShort && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

Image upright(Image image, int orientation) {
  assert(orientation >= 1 && orientation <= 8);
  if (orientation == 1) return image;
  // From 5 on rows and columns change places; the rest is which edge comes first.
  const bool transposed = orientation >= 5;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  Image turned;
  turned.width = transposed ? image.height : image.width;
  turned.height = transposed ? image.width : image.height;
  turned.rgba.resize(image.rgba.size());
  std::uint8_t* out = turned.rgba.data();
  for (int y = 0; y < turned.height; ++y) {
    for (int x = 0; x < turned.width; ++x, out += 4) {
      int column = transposed ? y : x, row = transposed ? x : y;
      if (from_right) column = image.width - 1 - column;
      if (from_bottom) row = image.height - 1 - row;
      std::memcpy(out, &image.rgba[(static_cast<std::size_t>(row) * image.width + column) * 4], 4);
    }
  }
  return turned;
}

}  // namespace headscope
