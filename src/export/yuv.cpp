#include "export/yuv.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <vector>

namespace headscope {

namespace {

// Coefficients of BT.709 for 8-bit components, times 2^16 and scaled to 219 or 224 steps.
constexpr int kYr = 11966, kYg = 40254, kYb = 4064;
constexpr int kBr = -6596, kBg = -22189, kBb = 28784;
constexpr int kRr = 28784, kRg = -26145, kRb = -2639;
constexpr int kHalf = 1 << 15;

void luma_row(const std::uint32_t* pixels, int width, std::uint8_t* out) {
  for (int x = 0; x < width; ++x) {
    const std::uint32_t p = pixels[x];
    const int r = static_cast<int>(p & 255), g = static_cast<int>(p >> 8 & 255),
              b = static_cast<int>(p >> 16 & 255);
    out[x] = static_cast<std::uint8_t>(((kYr * r + kYg * g + kYb * b + kHalf) >> 16) + 16);
  }
}

/// Sums of two rows, two components a word: no field can overflow its 16 bits.
void add_rows(const std::uint32_t* a, const std::uint32_t* b, int width, std::uint32_t* red_blue,
              std::uint32_t* green) {
  for (int x = 0; x < width; ++x) {
    red_blue[x] = (a[x] & 0x00FF00FFu) + (b[x] & 0x00FF00FFu);
    green[x] = (a[x] >> 8 & 255u) + (b[x] >> 8 & 255u);
  }
}

void chroma_row(const std::uint32_t* red_blue, const std::uint32_t* green, int half_width, std::uint8_t* cb,
                std::uint8_t* cr) {
  constexpr int kRound = 1 << 17;  // the sums are of four pixels: two more bits
  for (int x = 0; x < half_width; ++x) {
    const std::uint32_t rb = red_blue[2 * x] + red_blue[2 * x + 1];
    const int r = static_cast<int>(rb & 0xFFFF), b = static_cast<int>(rb >> 16),
              g = static_cast<int>(green[2 * x] + green[2 * x + 1]);
    cb[x] = static_cast<std::uint8_t>(((kBr * r + kBg * g + kBb * b + kRound) >> 18) + 128);
    cr[x] = static_cast<std::uint8_t>(((kRr * r + kRg * g + kRb * b + kRound) >> 18) + 128);
  }
}

/// The same with each pixel weighted by its alpha.
void chroma_row_weighted(const std::uint8_t* a, const std::uint8_t* b, int half_width, std::uint8_t* cb,
                         std::uint8_t* cr) {
  for (int x = 0; x < half_width; ++x) {
    const std::uint8_t* four[] = {a + 8 * x, a + 8 * x + 4, b + 8 * x, b + 8 * x + 4};
    int sum[3] = {0, 0, 0}, weight = 0;
    for (const std::uint8_t* p : four) {
      weight += p[3];
      for (int part = 0; part < 3; ++part) sum[part] += p[part] * p[3];
    }
    const auto mean = [&](int part) { return weight > 0 ? (sum[part] + weight / 2) / weight : 0; };
    const int red = mean(0), green = mean(1), blue = mean(2);
    cb[x] = static_cast<std::uint8_t>(((kBr * red + kBg * green + kBb * blue + kHalf) >> 16) + 128);
    cr[x] = static_cast<std::uint8_t>(((kRr * red + kRg * green + kRb * blue + kHalf) >> 16) + 128);
  }
}

}  // namespace

void to_yuv420(const Image& image, const YuvPlanes& planes) {
  const int width = image.width, height = image.height;
  assert(width % 2 == 0 && height % 2 == 0);
  const auto columns = static_cast<std::size_t>(width);
  std::vector<std::uint32_t> rows(columns * 2), red_blue(columns), green(columns);
  for (int y = 0; y < height; y += 2) {
    const std::uint8_t* first = image.rgba.data() + static_cast<std::size_t>(y) * columns * 4;
    const std::uint8_t* second = first + columns * 4;
    std::memcpy(rows.data(), first, columns * 8);  // two rows lie one after the other
    luma_row(rows.data(), width, planes.luma + planes.luma_stride * y);
    luma_row(rows.data() + columns, width, planes.luma + planes.luma_stride * (y + 1));
    std::uint8_t* cb = planes.cb + planes.chroma_stride * (y / 2);
    std::uint8_t* cr = planes.cr + planes.chroma_stride * (y / 2);
    if (!planes.alpha) {
      add_rows(rows.data(), rows.data() + columns, width, red_blue.data(), green.data());
      chroma_row(red_blue.data(), green.data(), width / 2, cb, cr);
      continue;
    }
    chroma_row_weighted(first, second, width / 2, cb, cr);
    for (int row = 0; row < 2; ++row) {
      std::uint8_t* alpha = planes.alpha + planes.alpha_stride * (y + row);
      const std::uint8_t* from = row == 0 ? first : second;
      for (int x = 0; x < width; ++x) alpha[x] = from[4 * x + 3];
    }
  }
}

}  // namespace headscope
