#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "io/image.h"

namespace headscope {

/// Collects the colours of some pictures and chooses few that stand for all: the most frequent ones exactly
/// (the ground, panels and text of a picture are flat), the rest by median cut (Heckbert, 1982).
class PaletteMaker {
 public:
  PaletteMaker();
  void add(const Image& image);
  /// At most 256 colours, 0xAARRGGBB; where any pixel was more than half transparent, the last one is 0 and
  /// stands for all of those. REQUIRES: something was added.
  std::vector<std::uint32_t> palette() const;

 private:
  struct Bin {
    std::uint64_t count = 0, red = 0, green = 0, blue = 0;
  };
  std::vector<Bin> bins_;  ///< 32 × 32 × 32 boxes of similar colours
  bool transparent_ = false;
};

/// Pictures as indices into a palette. Where no colour of the palette is close, two are mixed by an 8 × 8
/// ordered pattern, which stands still from frame to frame; flat areas stay flat.
class Quantizer {
 public:
  /// REQUIRES: 1 to 256 colours.
  explicit Quantizer(std::span<const std::uint32_t> palette);
  ///   out  rows of `stride` bytes
  void indices(const Image& image, std::uint8_t* out, std::ptrdiff_t stride);

 private:
  struct Choice {
    std::uint8_t nearest = 0, other = 0;
    std::uint8_t share = 0;  ///< of `other`, in 64ths
    bool known = false;
  };
  const Choice& choose(std::uint32_t color);
  std::uint8_t nearest(int red, int green, int blue) const;

  std::vector<std::uint32_t> palette_;
  std::vector<Choice> choices_;  ///< for each colour of 6 bits a component, made when first seen
  int n_opaque_ = 0;
  int transparent_ = -1;  ///< index of the transparent colour
};

}  // namespace headscope
