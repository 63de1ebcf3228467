#include <cstddef>
#include <cstdio>  // jpeglib.h names FILE without including it

#include <jpeglib.h>

#include <jerror.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>

#include "io/exif.h"
#include "io/image.h"
#include "io/quote.h"

// libjpeg reports faults by longjmp, which skips destructors: everything that owns memory is declared before
// setjmp, in a struct that the caller holds.
namespace headscope {
namespace {

constexpr std::uint64_t kMaxJpegPixels = 64'000'000;
// A block of 8 × 8 takes at least one bit in some scan, so a small file that claims a huge picture is refused
// before anything is allocated for it. (Arithmetic coding, which has no such bound, is not read.)
constexpr std::uint64_t kMaxPixelsPerByte = 8 * 64;
// A progressive file may paint the whole picture anew in a few bytes, as often as it likes.
constexpr int kMaxScans = 100;

struct JpegReading {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr faults{};
  jpeg_progress_mgr progress{};
  std::jmp_buf back;
  std::array<char, JMSG_LENGTH_MAX> message{};
  bool created = false, too_large = false, arithmetic = false;
  int orientation = 1;
  Image image;
  std::vector<std::uint8_t> row;  ///< one line as libjpeg gives it
  ~JpegReading() {
    if (created) jpeg_destroy_decompress(&jpeg);
  }
};

JpegReading& reading_of(j_common_ptr jpeg) {
  return *static_cast<JpegReading*>(jpeg->client_data);
}

[[noreturn]] void on_error(j_common_ptr jpeg) {
  JpegReading& r = reading_of(jpeg);
  jpeg->err->format_message(jpeg, r.message.data());
  std::longjmp(r.back, 1);
}

[[noreturn]] void fail(JpegReading& r, const char* message) {
  std::strncpy(r.message.data(), message, r.message.size() - 1);
  std::longjmp(r.back, 1);
}

/// libjpeg paints what is missing grey and only warns. Whoever looks at the picture would not know.
void on_message(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_ICC:
      return;  // harmless, and common in files of old cameras
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
      fail(reading_of(jpeg), "the file is cut short");
    default:
      on_error(jpeg);
  }
}

void on_progress(j_common_ptr jpeg) {
  const auto* decompress = reinterpret_cast<j_decompress_ptr>(jpeg);
  if (decompress->input_scan_number > kMaxScans) fail(reading_of(jpeg), "it has too many scans");
}

/// Inks on paper, stored inverted where Adobe's marker stands, as light.
void rgba_from_cmyk(const std::uint8_t* cmyk, int width, bool inverted, std::uint8_t* rgba) {
  for (int x = 0; x < width; ++x, cmyk += 4, rgba += 4) {
    const int black = inverted ? cmyk[3] : 255 - cmyk[3];
    for (int c = 0; c < 3; ++c) {
      const int light = inverted ? cmyk[c] : 255 - cmyk[c];
      rgba[c] = static_cast<std::uint8_t>((light * black + 127) / 255);
    }
    rgba[3] = 255;
  }
}

bool read_pixels(JpegReading& r, std::span<const std::byte> bytes) {
  if (setjmp(r.back)) return false;
  jpeg_create_decompress(&r.jpeg);
  r.created = true;
  r.jpeg.client_data = &r;
  r.jpeg.progress = &r.progress;
  r.progress.progress_monitor = on_progress;
  jpeg_mem_src(&r.jpeg, reinterpret_cast<const unsigned char*>(bytes.data()),
               static_cast<unsigned long>(bytes.size()));
  jpeg_save_markers(&r.jpeg, JPEG_APP0 + 1, 0xFFFF);
  jpeg_read_header(&r.jpeg, TRUE);
  const std::uint64_t width = r.jpeg.image_width, height = r.jpeg.image_height;
  r.too_large = width * height > kMaxJpegPixels;
  r.arithmetic = r.jpeg.arith_code;
  if (r.too_large || r.arithmetic) return false;
  if (width * height > bytes.size() * kMaxPixelsPerByte) {
    fail(r, "the picture it claims cannot fit into so few bytes");
  }
  for (auto* marker = r.jpeg.marker_list; marker; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1) continue;
    r.orientation = exif_orientation(std::as_bytes(std::span(marker->data, marker->data_length)));
    break;
  }
  const bool inks = r.jpeg.jpeg_color_space == JCS_CMYK || r.jpeg.jpeg_color_space == JCS_YCCK;
  r.jpeg.out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBA;
  jpeg_start_decompress(&r.jpeg);
  r.image.width = static_cast<int>(width);
  r.image.height = static_cast<int>(height);
  r.image.rgba.resize(width * height * 4);
  if (inks) r.row.resize(width * 4);
  while (r.jpeg.output_scanline < r.jpeg.output_height) {
    std::uint8_t* out = r.image.rgba.data() + static_cast<std::size_t>(r.jpeg.output_scanline) * width * 4;
    JSAMPROW line = inks ? r.row.data() : out;
    jpeg_read_scanlines(&r.jpeg, &line, 1);
    if (inks) rgba_from_cmyk(line, r.image.width, r.jpeg.saw_Adobe_marker, out);
  }
  jpeg_finish_decompress(&r.jpeg);
  return true;
}

}  // namespace

Result<Image> decode_jpeg(std::span<const std::byte> bytes, const std::string& name) {
  JpegReading r;
  r.jpeg.err = jpeg_std_error(&r.faults);
  r.faults.error_exit = on_error;
  r.faults.emit_message = on_message;
  r.jpeg.client_data = &r;
  if (read_pixels(r, bytes)) return upright(std::move(r.image), r.orientation);
  if (r.too_large) {
    return Error{ErrorCode::Unsupported, quote(name, 300) + " has more than 64 million pixels",
                 "Scale the picture down first"};
  }
  if (r.arithmetic) {
    return Error{ErrorCode::Unsupported, quote(name, 300) + " is a JPEG with arithmetic coding",
                 "Save it again as an ordinary JPEG or as PNG"};
  }
  return Error{ErrorCode::Corrupt, quote(name, 300) + " is not a readable JPEG: " + r.message.data(),
               "Export or save the picture again"};
}

}  // namespace headscope
