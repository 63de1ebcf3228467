#include "export/quantize.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>

namespace headscope {

namespace {

constexpr std::array<std::uint8_t, 64> bayer_pattern() {
  std::array<std::uint8_t, 64> pattern{};
  for (unsigned y = 0; y < 8; ++y)
    for (unsigned x = 0; x < 8; ++x) {
      unsigned value = 0;
      for (unsigned bit = 0; bit < 3; ++bit) {
        const unsigned a = (x ^ y) >> bit & 1, b = y >> bit & 1;
        value |= (a << 1 | b) << (2 * (2 - bit));
      }
      pattern[y * 8 + x] = static_cast<std::uint8_t>(value);
    }
  return pattern;
}
constexpr std::array<std::uint8_t, 64> kBayer = bayer_pattern();

int part(std::uint32_t color, int shift) {
  return static_cast<int>(color >> shift & 255);
}

/// Green weighs most, as it does for the eye.
int distance(int red, int green, int blue) {
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

/// A box of the median cut: bins [begin, end) of a list.
struct Box {
  std::size_t begin, end;
  std::uint64_t count;
  int axis, extent;
};

}  // namespace

PaletteMaker::PaletteMaker() : bins_(std::size_t{1} << 15) {}

void PaletteMaker::add(const Image& image) {
  for (std::size_t i = 0; i < image.rgba.size(); i += 4) {
    const std::uint8_t* p = &image.rgba[i];
    if (p[3] < 128) {
      transparent_ = true;
      continue;
    }
    Bin& bin = bins_[static_cast<std::size_t>(p[0] >> 3 << 10 | p[1] >> 3 << 5 | p[2] >> 3)];
    ++bin.count;
    bin.red += p[0];
    bin.green += p[1];
    bin.blue += p[2];
  }
}

std::vector<std::uint32_t> PaletteMaker::palette() const {
  struct Mean {
    std::array<int, 3> color;
    std::uint64_t count;
  };
  std::vector<Mean> means;
  for (const Bin& b : bins_) {
    if (b.count == 0) continue;
    const auto mean = [&](std::uint64_t sum) { return static_cast<int>((sum + b.count / 2) / b.count); };
    means.push_back({{mean(b.red), mean(b.green), mean(b.blue)}, b.count});
  }
  const std::size_t room = transparent_ ? 255 : 256;
  std::vector<std::uint32_t> colors;
  const auto keep = [&](int r, int g, int b) {
    colors.push_back(0xFF000000u | static_cast<std::uint32_t>(r << 16 | g << 8 | b));
  };
  std::stable_sort(means.begin(), means.end(),
                   [](const Mean& a, const Mean& b) { return a.count > b.count; });
  // What is frequent is flat, and flat areas must not be dithered.
  const std::size_t exact = means.size() <= room ? means.size() : 48;
  for (std::size_t i = 0; i < exact; ++i) keep(means[i].color[0], means[i].color[1], means[i].color[2]);

  std::vector<Box> boxes;
  const auto measure = [&](std::size_t begin, std::size_t end) {
    Box box{begin, end, 0, 0, -1};
    for (int axis = 0; axis < 3; ++axis) {
      int low = 255, high = 0;
      for (std::size_t i = begin; i < end; ++i) {
        low = std::min(low, means[i].color[static_cast<std::size_t>(axis)]);
        high = std::max(high, means[i].color[static_cast<std::size_t>(axis)]);
      }
      if (high - low > box.extent) box = {begin, end, 0, axis, high - low};
    }
    for (std::size_t i = begin; i < end; ++i) box.count += means[i].count;
    return box;
  };
  if (exact < means.size()) boxes.push_back(measure(exact, means.size()));
  while (!boxes.empty() && colors.size() + boxes.size() < room) {
    // The box with the most to lose: many pixels, spread far.
    const auto worst = std::max_element(boxes.begin(), boxes.end(), [](const Box& a, const Box& b) {
      const auto weight = [](const Box& x) {
        return static_cast<double>(x.count) * static_cast<double>(x.extent) * x.extent *
               (x.end - x.begin > 1);
      };
      return weight(a) < weight(b);
    });
    if (worst->end - worst->begin < 2) break;
    const auto axis = static_cast<std::size_t>(worst->axis);
    const auto first = means.begin() + static_cast<std::ptrdiff_t>(worst->begin),
               last = means.begin() + static_cast<std::ptrdiff_t>(worst->end);
    std::stable_sort(first, last,
                     [&](const Mean& a, const Mean& b) { return a.color[axis] < b.color[axis]; });
    std::uint64_t before = 0;
    std::size_t cut = worst->begin;
    while (cut + 1 < worst->end && before + means[cut].count <= worst->count / 2)
      before += means[cut++].count;
    cut = std::max(cut, worst->begin + 1);
    const Box left = measure(worst->begin, cut), right = measure(cut, worst->end);
    *worst = left;
    boxes.push_back(right);
  }
  for (const Box& box : boxes) {
    std::array<std::uint64_t, 3> sum{};
    for (std::size_t i = box.begin; i < box.end; ++i)
      for (std::size_t axis = 0; axis < 3; ++axis)
        sum[axis] += means[i].count * static_cast<std::uint64_t>(means[i].color[axis]);
    const auto mean = [&](std::size_t axis) {
      return static_cast<int>((sum[axis] + box.count / 2) / box.count);
    };
    keep(mean(0), mean(1), mean(2));
  }
  if (colors.empty() || transparent_) colors.push_back(0);
  return colors;
}

Quantizer::Quantizer(std::span<const std::uint32_t> palette)
    : palette_(palette.begin(), palette.end()), choices_(std::size_t{1} << 18) {
  assert(!palette_.empty() && palette_.size() <= 256);
  n_opaque_ = static_cast<int>(palette_.size());
  if (palette_.back() >> 24 == 0) transparent_ = --n_opaque_;
}

std::uint8_t Quantizer::nearest(int red, int green, int blue) const {
  int best = 0, least = std::numeric_limits<int>::max();
  for (int i = 0; i < n_opaque_; ++i) {
    const std::uint32_t c = palette_[static_cast<std::size_t>(i)];
    const int d = distance(red - part(c, 16), green - part(c, 8), blue - part(c, 0));
    if (d < least) {
      least = d;
      best = i;
    }
  }
  return static_cast<std::uint8_t>(best);
}

const Quantizer::Choice& Quantizer::choose(std::uint32_t color) {
  const int red = part(color, 16), green = part(color, 8), blue = part(color, 0);
  Choice& choice = choices_[static_cast<std::size_t>(red >> 2 << 12 | green >> 2 << 6 | blue >> 2)];
  if (choice.known) return choice;
  choice.known = true;
  choice.nearest = nearest(red, green, blue);
  const std::uint32_t near = palette_[choice.nearest];
  const int dr = red - part(near, 16), dg = green - part(near, 8), db = blue - part(near, 0);
  constexpr int kClose = 9 * 3 * 3;  // within 3 steps in each component nobody sees the difference
  choice.other = choice.nearest;
  if (distance(dr, dg, db) <= kClose) return choice;
  // The colour on the other side: what the error points to, as far again.
  const auto beyond = [](int value, int error) { return std::clamp(value + error, 0, 255); };
  choice.other = nearest(beyond(red, dr), beyond(green, dg), beyond(blue, db));
  const std::uint32_t far = palette_[choice.other];
  const int er = part(far, 16) - part(near, 16), eg = part(far, 8) - part(near, 8),
            eb = part(far, 0) - part(near, 0);
  const int along = 2 * dr * er + 4 * dg * eg + 3 * db * eb, whole = distance(er, eg, eb);
  choice.share = whole > 0 ? static_cast<std::uint8_t>(std::clamp(64 * along / whole, 0, 32)) : 0;
  return choice;
}

void Quantizer::indices(const Image& image, std::uint8_t* out, std::ptrdiff_t stride) {
  for (int y = 0; y < image.height; ++y, out += stride) {
    const std::uint8_t* p = image.rgba.data() + static_cast<std::size_t>(y) * image.width * 4;
    for (int x = 0; x < image.width; ++x, p += 4) {
      if (transparent_ >= 0 && p[3] < 128) {
        out[x] = static_cast<std::uint8_t>(transparent_);
        continue;
      }
      const Choice& choice = choose(static_cast<std::uint32_t>(p[0] << 16 | p[1] << 8 | p[2]));
      const bool mixed = choice.share > kBayer[static_cast<std::size_t>((y & 7) * 8 + (x & 7))];
      out[x] = mixed ? choice.other : choice.nearest;
    }
  }
}

}  // namespace headscope
