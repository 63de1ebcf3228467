#include "compare_image.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace headscope {

namespace {

constexpr int kMapColumns = 64, kMapRows = 20;

struct Pixel {
  int difference = 0, x = 0, y = 0;
};

int pixel_difference(const std::uint8_t* a, const std::uint8_t* b) {
  int largest = 0;
  for (int part = 0; part < 4; ++part) largest = std::max(largest, std::abs(a[part] - b[part]));
  return largest;
}

std::string hex(const std::uint8_t* p) {
  char text[16];
  std::snprintf(text, sizeof text, "#%02X%02X%02X%02X", p[0], p[1], p[2], p[3]);
  return text;
}

/// One character for the largest difference in its block: ' ' none, '.' to '@' ever larger.
std::string difference_map(const std::vector<int>& differences, int width, int height) {
  constexpr std::array<int, 6> kLimits = {0, 2, 8, 24, 64, 128};
  constexpr char kMarks[] = " .,+*#@";
  std::string map;
  for (int row = 0; row < kMapRows; ++row) {
    map += "  |";
    for (int column = 0; column < kMapColumns; ++column) {
      int largest = 0;
      for (int y = height * row / kMapRows; y < height * (row + 1) / kMapRows; ++y) {
        for (int x = width * column / kMapColumns; x < width * (column + 1) / kMapColumns; ++x) {
          largest = std::max(largest, differences[static_cast<std::size_t>(y) * width + x]);
        }
      }
      map +=
          kMarks[std::count_if(kLimits.begin(), kLimits.end(), [&](int limit) { return largest > limit; })];
    }
    map += "|\n";
  }
  return map;
}

}  // namespace

ImageDifference compare_images(const Image& actual, const Image& expected, const std::vector<Rect>& text) {
  ImageDifference result;
  result.same_size = actual.width == expected.width && actual.height == expected.height;
  if (!result.same_size) {
    result.report = "sizes differ: " + std::to_string(actual.width) + " x " + std::to_string(actual.height) +
                    ", expected " + std::to_string(expected.width) + " x " + std::to_string(expected.height) +
                    "\n";
    return result;
  }
  const int width = actual.width, height = actual.height;
  std::vector<int> differences(static_cast<std::size_t>(width) * height);
  std::vector<Pixel> worst;
  double sum = 0, text_sum = 0;
  std::size_t n = 0, n_text = 0;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const std::size_t at = static_cast<std::size_t>(y) * width + x;
      const std::uint8_t *a = &actual.rgba[at * 4], *b = &expected.rgba[at * 4];
      const int largest = pixel_difference(a, b);
      double total = 0;
      for (int part = 0; part < 4; ++part) total += std::abs(a[part] - b[part]);
      const Vec2 centre{static_cast<float>(x) + 0.5f, static_cast<float>(y) + 0.5f};
      const bool in_text =
          std::any_of(text.begin(), text.end(), [&](const Rect& r) { return r.contains(centre); });
      (in_text ? text_sum : sum) += total / 4;
      ++(in_text ? n_text : n);
      differences[at] = largest;
      if (in_text) continue;
      result.largest = std::max(result.largest, largest);
      if (largest > 0) worst.push_back({largest, x, y});
    }
  }
  result.mean = n ? sum / static_cast<double>(n) : 0;
  result.text_mean = n_text ? text_sum / static_cast<double>(n_text) : 0;

  char head[160];
  std::snprintf(head, sizeof head, "largest difference %d, mean %.4f (in text %.4f), %zu pixels differ\n",
                result.largest, result.mean, result.text_mean, worst.size());
  result.report = head + difference_map(differences, width, height);
  std::partial_sort(worst.begin(),
                    worst.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(8, worst.size())),
                    worst.end(), [](const Pixel& a, const Pixel& b) { return a.difference > b.difference; });
  for (std::size_t i = 0; i < std::min<std::size_t>(8, worst.size()); ++i) {
    const std::size_t at = (static_cast<std::size_t>(worst[i].y) * width + worst[i].x) * 4;
    result.report += "  at " + std::to_string(worst[i].x) + ", " + std::to_string(worst[i].y) + ": " +
                     hex(&actual.rgba[at]) + ", expected " + hex(&expected.rgba[at]) + "\n";
  }
  return result;
}

}  // namespace headscope
