#include <png.h>

#include <algorithm>
#include <cassert>
#include <csetjmp>
#include <cstring>
#include <optional>

#include "io/atomic_write.h"
#include "io/image.h"
#include "io/mapped_file.h"
#include "io/quote.h"

// libpng reports faults by longjmp, which skips destructors: in each function that calls setjmp everything
// that owns memory is declared before it, in a struct that the caller holds.
namespace headscope {

namespace {

constexpr std::uint64_t kMaxPngPixels = 64'000'000;
// A deflate stream cannot expand further than this, so a small file that claims a huge picture is refused
// before anything is allocated for it.
constexpr std::uint64_t kMaxExpansion = 1040;

struct Fault {
  char message[120] = "";
};

[[noreturn]] void on_error(png_structp png, png_const_charp message) {
  auto* fault = static_cast<Fault*>(png_get_error_ptr(png));
  std::strncpy(fault->message, message, sizeof fault->message - 1);
  std::longjmp(png_jmpbuf(png), 1);
}
void on_warning(png_structp, png_const_charp) {}

// ---- reading ----

struct PngReading {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Fault fault;
  std::span<const std::byte> rest;
  DecodedImage result;
  std::vector<png_bytep> rows;
  bool too_large = false;
  ~PngReading() { png_destroy_read_struct(&png, &info, nullptr); }
};

void take(png_structp png, png_bytep out, std::size_t size) {
  auto* reading = static_cast<PngReading*>(png_get_io_ptr(png));
  if (size > reading->rest.size()) png_error(png, "the file is cut short");
  std::memcpy(out, reading->rest.data(), size);
  reading->rest = reading->rest.subspan(size);
}

constexpr std::size_t kSignatureBytes = 8;

std::uint32_t big_endian(std::span<const std::byte> bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return value;
}

/// Byte offset of the first chunk that is longer than what is left of the file, if there is one. libpng
/// allocates a chunk's whole length before it reads a byte of it.
std::optional<std::size_t> chunk_beyond_the_end(std::span<const std::byte> bytes) {
  constexpr std::size_t kAroundData = 12;  // length, type, check sum
  std::size_t at = kSignatureBytes;
  while (at + kAroundData <= bytes.size()) {
    const std::size_t length = big_endian(bytes, at);
    if (length > bytes.size() - at - kAroundData) return at;
    at += kAroundData + length;
  }
  return std::nullopt;
}

bool read_image(PngReading& r, std::size_t file_bytes) {
  if (setjmp(png_jmpbuf(r.png))) return false;
  png_set_read_fn(r.png, &r, take);
  png_set_user_limits(r.png, 1'000'000, 1'000'000);
  png_set_chunk_malloc_max(r.png, 16 << 20);
  png_set_chunk_cache_max(r.png, 32);
  png_read_info(r.png, r.info);
  const std::uint64_t width = png_get_image_width(r.png, r.info),
                      height = png_get_image_height(r.png, r.info);
  if (width * height > kMaxPngPixels) {
    r.too_large = true;
    return false;
  }
  if (png_get_rowbytes(r.png, r.info) * height > file_bytes * kMaxExpansion) {
    png_error(r.png, "the picture it claims cannot fit into so few bytes");
  }
  png_set_expand(r.png);
  png_set_scale_16(r.png);
  png_set_gray_to_rgb(r.png);
  png_set_add_alpha(r.png, 0xFF, PNG_FILLER_AFTER);
  png_set_interlace_handling(r.png);
  png_read_update_info(r.png, r.info);
  if (png_get_rowbytes(r.png, r.info) != width * 4) png_error(r.png, "its pixels have an unknown layout");
  r.result.image.width = static_cast<int>(width);
  r.result.image.height = static_cast<int>(height);
  r.result.image.rgba.resize(width * height * 4);
  r.rows.resize(height);
  for (std::uint64_t y = 0; y < height; ++y) r.rows[y] = r.result.image.rgba.data() + y * width * 4;
  png_read_image(r.png, r.rows.data());
  png_read_end(r.png, r.info);
  return true;
}

Error corrupt_png(const std::string& name, const std::string& what) {
  return {ErrorCode::Corrupt, quote(name, 300) + " is not a readable PNG: " + what,
          "Export or save the picture again"};
}

}  // namespace

Result<DecodedImage> decode_png(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.size() < kSignatureBytes ||
      png_sig_cmp(reinterpret_cast<png_const_bytep>(bytes.data()), 0, kSignatureBytes) != 0) {
    return corrupt_png(name, "it does not begin with the PNG signature");
  }
  if (const std::optional<std::size_t> at = chunk_beyond_the_end(bytes)) {
    return corrupt_png(name,
                       "the chunk at byte " + std::to_string(*at) + " reaches beyond the end of the file");
  }
  PngReading r;
  r.rest = bytes;
  r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r.fault, on_error, on_warning);
  r.info = r.png ? png_create_info_struct(r.png) : nullptr;
  if (!r.info || !read_image(r, bytes.size())) {
    if (r.too_large) {
      return Error{ErrorCode::Unsupported, quote(name, 300) + " has more than 64 million pixels",
                   "Scale the picture down first"};
    }
    return corrupt_png(name, r.fault.message);
  }
  png_textp texts = nullptr;
  const int n_texts = static_cast<int>(png_get_text(r.png, r.info, &texts, nullptr));
  for (int i = 0; i < n_texts; ++i) {
    const std::size_t length = texts[i].compression > 0 ? texts[i].itxt_length : texts[i].text_length;
    r.result.texts.emplace_back(texts[i].key,
                                texts[i].text ? std::string(texts[i].text, length) : std::string());
  }
  return std::move(r.result);
}

Result<DecodedImage> read_png(const std::filesystem::path& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  return decode_png(file->bytes(), path.string());
}

}  // namespace headscope
