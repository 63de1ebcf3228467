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

constexpr std::uint64_t kMaxPixels = 64'000'000;
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

// ---- writing ----

struct Writing {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Fault fault;
  std::string out;
  std::vector<std::uint8_t> row;
  std::vector<png_text> texts;
  ~Writing() { png_destroy_write_struct(&png, &info); }
};

void append(png_structp png, png_bytep data, std::size_t size) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(data), size);
}
void flush(png_structp) {}

bool write_image(Writing& w, const Image& image, bool opaque) {
  if (setjmp(png_jmpbuf(w.png))) return false;
  png_set_write_fn(w.png, &w.out, append, flush);
  png_set_IHDR(w.png, w.info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height),
               8, opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGBA, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB(w.png, w.info, PNG_sRGB_INTENT_PERCEPTUAL);
  png_set_compression_level(w.png, 1);
  png_set_filter(w.png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  if (!w.texts.empty()) png_set_text(w.png, w.info, w.texts.data(), static_cast<int>(w.texts.size()));
  png_write_info(w.png, w.info);
  for (int y = 0; y < image.height; ++y) {
    const std::uint8_t* source = image.rgba.data() + static_cast<std::size_t>(y) * image.width * 4;
    if (opaque) {
      for (int x = 0; x < image.width; ++x) std::memcpy(&w.row[x * 3], source + x * 4, 3);
      source = w.row.data();
    }
    png_write_row(w.png, source);
  }
  png_write_end(w.png, nullptr);
  return true;
}

bool is_opaque(const Image& image) {
  for (std::size_t i = 3; i < image.rgba.size(); i += 4) {
    if (image.rgba[i] != 255) return false;
  }
  return true;
}

bool is_valid_key(const std::string& key) {
  const auto plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  return !key.empty() && key.size() <= 79 && key.front() != ' ' && key.back() != ' ' &&
         std::all_of(key.begin(), key.end(), plain);
}

// ---- reading ----

struct Reading {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Fault fault;
  std::span<const std::byte> rest;
  DecodedImage result;
  std::vector<png_bytep> rows;
  bool too_large = false;
  ~Reading() { png_destroy_read_struct(&png, &info, nullptr); }
};

void take(png_structp png, png_bytep out, std::size_t size) {
  auto* reading = static_cast<Reading*>(png_get_io_ptr(png));
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

bool read_image(Reading& r, std::size_t file_bytes) {
  if (setjmp(png_jmpbuf(r.png))) return false;
  png_set_read_fn(r.png, &r, take);
  png_set_user_limits(r.png, 1'000'000, 1'000'000);
  png_set_chunk_malloc_max(r.png, 16 << 20);
  png_set_chunk_cache_max(r.png, 32);
  png_read_info(r.png, r.info);
  const std::uint64_t width = png_get_image_width(r.png, r.info),
                      height = png_get_image_height(r.png, r.info);
  if (width * height > kMaxPixels) {
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

Error corrupt(const std::string& name, const std::string& what) {
  return {ErrorCode::Corrupt, quote(name, 300) + " is not a readable PNG: " + what,
          "Export or save the picture again"};
}

}  // namespace

Result<std::string> encode_png(const Image& image, const ImageTexts& texts) {
  assert(image.width > 0 && image.height > 0);
  assert(image.rgba.size() == static_cast<std::size_t>(image.width) * image.height * 4);
  Writing w;
  for (const auto& [key, text] : texts) {
    if (!is_valid_key(key)) {
      return Error{ErrorCode::InvalidArgument, "PNG does not allow the text key " + quote(key),
                   "Use 1 to 79 Latin letters"};
    }
    png_text entry{};
    entry.compression = PNG_ITXT_COMPRESSION_NONE;
    entry.key = const_cast<char*>(key.c_str());
    entry.text = const_cast<char*>(text.c_str());
    entry.itxt_length = text.size();
    w.texts.push_back(entry);
  }
  const bool opaque = is_opaque(image);
  if (opaque) w.row.resize(static_cast<std::size_t>(image.width) * 3);
  w.out.reserve(image.rgba.size() / 8 + 4096);
  w.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &w.fault, on_error, on_warning);
  w.info = w.png ? png_create_info_struct(w.png) : nullptr;
  if (!w.info || !write_image(w, image, opaque)) {
    return Error{ErrorCode::InvalidArgument,
                 std::string("cannot encode the picture as PNG: ") + w.fault.message,
                 "Choose a smaller size"};
  }
  return std::move(w.out);
}

Result<DecodedImage> decode_png(std::span<const std::byte> bytes, const std::string& name) {
  if (bytes.size() < kSignatureBytes ||
      png_sig_cmp(reinterpret_cast<png_const_bytep>(bytes.data()), 0, kSignatureBytes) != 0) {
    return corrupt(name, "it does not begin with the PNG signature");
  }
  if (const std::optional<std::size_t> at = chunk_beyond_the_end(bytes)) {
    return corrupt(name, "the chunk at byte " + std::to_string(*at) + " reaches beyond the end of the file");
  }
  Reading r;
  r.rest = bytes;
  r.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &r.fault, on_error, on_warning);
  r.info = r.png ? png_create_info_struct(r.png) : nullptr;
  if (!r.info || !read_image(r, bytes.size())) {
    if (r.too_large) {
      return Error{ErrorCode::Unsupported, quote(name, 300) + " has more than 64 million pixels",
                   "Scale the picture down first"};
    }
    return corrupt(name, r.fault.message);
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

Status write_png(const std::filesystem::path& path, const Image& image, const ImageTexts& texts) {
  const Result<std::string> bytes = encode_png(image, texts);
  if (!bytes) return bytes.error();
  return write_file_atomically(path, *bytes);
}

Result<DecodedImage> read_png(const std::filesystem::path& path) {
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  return decode_png(file->bytes(), path.string());
}

}  // namespace headscope
