#pragma once

#include <cstdio>

#include <jpeglib.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

/// JPEG files for tests, written by libjpeg.
namespace headscope {

struct JpegSpec {
  int width = 0, height = 0, n_channels = 3;
  J_COLOR_SPACE space = JCS_RGB;
  bool progressive = false, arithmetic = false;
  std::string app1;  ///< contents of an APP1 block; empty: none
};

/// `pixel` gives channel c at (x, y).
inline std::string jpeg_bytes(const JpegSpec& spec, const std::function<int(int x, int y, int c)>& pixel) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr faults{};
  jpeg.err = jpeg_std_error(&faults);
  jpeg_create_compress(&jpeg);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &out, &size);
  jpeg.image_width = static_cast<JDIMENSION>(spec.width);
  jpeg.image_height = static_cast<JDIMENSION>(spec.height);
  jpeg.input_components = spec.n_channels;
  jpeg.in_color_space = spec.space;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  if (spec.progressive) jpeg_simple_progression(&jpeg);
  jpeg.arith_code = spec.arithmetic ? TRUE : FALSE;
  jpeg_start_compress(&jpeg, TRUE);
  if (!spec.app1.empty()) {
    jpeg_write_marker(&jpeg, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(spec.app1.data()),
                      static_cast<unsigned>(spec.app1.size()));
  }
  std::vector<unsigned char> row(static_cast<std::size_t>(spec.width * spec.n_channels));
  for (int y = 0; y < spec.height; ++y) {
    for (int x = 0; x < spec.width; ++x) {
      for (int c = 0; c < spec.n_channels; ++c) {
        row[static_cast<std::size_t>(x * spec.n_channels + c)] = static_cast<unsigned char>(pixel(x, y, c));
      }
    }
    JSAMPROW line = row.data();
    jpeg_write_scanlines(&jpeg, &line, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::string bytes(reinterpret_cast<const char*>(out), size);
  jpeg_destroy_compress(&jpeg);
  std::free(out);
  return bytes;
}

}  // namespace headscope
