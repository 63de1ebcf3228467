#include "io/png_writer.h"

#include <libdeflate.h>

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <vector>

#include "io/atomic_write.h"
#include "io/quote.h"
#include "io/run_deflate.h"

namespace headscope {

namespace {

constexpr std::uint8_t kSub = 1, kUp = 2;                    // filter types
constexpr std::size_t kBlockBytes = std::size_t{192} << 10;  // what stays in a core's own cache

bool is_valid_key(const std::string& key) {
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  return !key.empty() && key.size() <= 79 && key.front() != ' ' && key.back() != ' ' &&
         std::all_of(key.begin(), key.end(), plain);
}

/// RGBA to the bytes of a row; false: alpha was to be left out, and not all of it is opaque. `out` has room
/// for one byte more.
bool pack_row(const std::uint8_t* rgba, int width, bool alpha, std::uint8_t* out) {
  const std::size_t n = static_cast<std::size_t>(width) * 4;
  if (alpha) {
    std::memcpy(out, rgba, n);
    return true;
  }
  std::uint8_t all = 255;
  for (std::size_t i = 0; i < n; i += 4) all &= rgba[i + 3];
  for (int x = 0; x < width; ++x) std::memcpy(out + 3 * x, rgba + 4 * x, 4);  // the fourth is written over
  return all == 255;
}

/// How far a filtered row is from nothing, its bytes taken as signed; every fourth stretch tells enough.
std::uint32_t weight(const std::uint8_t* row, std::size_t size) {
  constexpr std::size_t kStretch = 64;
  std::uint32_t sum = 0;
  for (std::size_t begin = 0; begin + kStretch <= size; begin += 4 * kStretch) {
    std::uint16_t part = 0;
    for (std::size_t i = begin; i < begin + kStretch; ++i) {
      const std::uint8_t up = row[i], down = static_cast<std::uint8_t>(-up);
      part = static_cast<std::uint16_t>(part + std::min(up, down));
    }
    sum += part;
  }
  return sum;
}

void subtract(const std::uint8_t* a, const std::uint8_t* b, std::size_t size, std::uint8_t* out) {
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(a[i] - b[i]);
}

}  // namespace

void append_u32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift & 255));
}
void append_u16(std::string& out, std::uint16_t value) {
  out.push_back(static_cast<char>(value >> 8));
  out.push_back(static_cast<char>(value & 255));
}

void append_png_chunk(std::string& out, std::string_view type, std::string_view data) {
  assert(type.size() == 4);
  append_u32(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t begin = out.size();
  out.append(type);
  out.append(data);
  append_u32(out, libdeflate_crc32(0, out.data() + begin, out.size() - begin));
}

void append_png_header(std::string& out, int width, int height, bool alpha) {
  std::string header;
  append_u32(header, static_cast<std::uint32_t>(width));
  append_u32(header, static_cast<std::uint32_t>(height));
  header.push_back(8);
  header.push_back(alpha ? 6 : 2);
  header.append(3, '\0');
  append_png_chunk(out, "IHDR", header);
  append_png_chunk(out, "sRGB", std::string_view("\0", 1));
}

Status append_png_texts(std::string& out, const ImageTexts& texts) {
  for (const auto& [key, text] : texts) {
    if (!is_valid_key(key)) {
      return Error{ErrorCode::InvalidArgument, "PNG does not allow the text key " + quote(key),
                   "Use 1 to 79 Latin letters"};
    }
    // iTXt: not compressed, no language, no translated key.
    append_png_chunk(out, "iTXt", key + std::string(5, '\0') + text);
  }
  return {};
}

std::optional<std::string> compress_pixels(const Image& image, const PixelRect& part, bool alpha) {
  const std::size_t pixel = alpha ? 4 : 3, size = pixel * static_cast<std::size_t>(part.width);
  constexpr std::size_t kMargin = 8;  // zeros: the pixel left of the first
  std::vector<std::uint8_t> row(size + kMargin + 1), above(size + kMargin + 1), sub(size);
  std::vector<std::uint8_t> block(kBlockBytes + size + 1);
  std::size_t filled = 0;
  RunDeflater deflater(static_cast<int>(pixel));
  for (int y = 0; y < part.height; ++y) {
    const std::size_t at = (static_cast<std::size_t>(part.y + y) * image.width + part.x) * 4;
    std::uint8_t *now = row.data() + kMargin, *before = above.data() + kMargin, *out = &block[filled];
    if (!pack_row(image.rgba.data() + at, part.width, alpha, now)) return std::nullopt;
    out[0] = kUp;
    if (std::memcmp(now, before, size) == 0) {
      std::memset(out + 1, 0, size);
    } else {
      subtract(now, before, size, out + 1);
      // Where little has changed since the row above, nothing beats it.
      const std::uint32_t up_weight = weight(out + 1, size);
      if (up_weight > size / 64) {
        subtract(now, now - pixel, size, sub.data());
        if (weight(sub.data(), size) < up_weight) {
          out[0] = kSub;
          std::memcpy(out + 1, sub.data(), size);
        }
      }
    }
    filled += size + 1;
    if (filled >= kBlockBytes || y + 1 == part.height) {
      deflater.add_block(std::span(block).first(filled));
      filled = 0;
    }
    row.swap(above);
  }
  return deflater.finish();
}

Result<std::string> encode_png(const Image& image, const ImageTexts& texts) {
  assert(image.width > 0 && image.height > 0);
  assert(image.rgba.size() == static_cast<std::size_t>(image.width) * image.height * 4);
  const PixelRect all{0, 0, image.width, image.height};
  std::optional<std::string> compressed = compress_pixels(image, all, false);
  const bool alpha = !compressed;
  if (alpha) compressed = compress_pixels(image, all, true);
  const std::string& data = *compressed;
  std::string out;
  out.reserve(data.size() + 4096);
  out += kPngSignature;
  append_png_header(out, image.width, image.height, alpha);
  if (Status added = append_png_texts(out, texts); !added) return added.error();
  // A chunk holds less than 2 GiB.
  constexpr std::size_t kMaxChunk = std::size_t{1} << 30;
  for (std::size_t at = 0; at < data.size(); at += kMaxChunk)
    append_png_chunk(out, "IDAT", std::string_view(data).substr(at, kMaxChunk));
  append_png_chunk(out, "IEND", {});
  return out;
}

Status write_png(const std::filesystem::path& path, const Image& image, const ImageTexts& texts) {
  const Result<std::string> bytes = encode_png(image, texts);
  if (!bytes) return bytes.error();
  return write_file_atomically(path, *bytes);
}

}  // namespace headscope
