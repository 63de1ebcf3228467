#include "render/raster/pixel_block.h"

#include <array>
#include <cmath>
#include <cstring>

#include "render/raster/linear_light.h"

namespace headscope {

namespace {

constexpr int kPixels = PixelBlock::kPixels;

constexpr float kPixelX[kPixels] = {.5f, 1.5f, 2.5f, 3.5f, .5f, 1.5f, 2.5f, 3.5f,
                                    .5f, 1.5f, 2.5f, 3.5f, .5f, 1.5f, 2.5f, 3.5f};
constexpr float kPixelY[kPixels] = {.5f,  .5f,  .5f,  .5f,  1.5f, 1.5f, 1.5f, 1.5f,
                                    2.5f, 2.5f, 2.5f, 2.5f, 3.5f, 3.5f, 3.5f, 3.5f};

// Written so that compilers make vectors of it: plain selections, no calls, no branches in a loop.
inline float least(float a, float b) {
  return a < b ? a : b;
}
inline float most(float a, float b) {
  return a > b ? a : b;
}
inline float between(float v, float low, float high) {
  return least(most(v, low), high);
}

inline std::uint16_t sixteen_bits(float v) {
  return static_cast<std::uint16_t>(static_cast<int>(between(v, 0.0f, 1.0f) * 65535 + 0.5f));
}

/// How much of each pixel is covered, as shaders/ribbon.frag has it. The loops over a block are short enough
/// to stay in registers.
///   kVaries  the thickness, or how wide a pixel is across it, changes along the piece
///   kTints   the colour does
///   kEnds    some pixel may lie past an end
///   kCuts    some pixel may belong to a neighbouring piece
template <bool kVaries, bool kTints, bool kEnds, bool kCuts>
void cover(const RibbonPiece& __restrict p, float x, float y, PixelBlock& __restrict block) {
  const float ax = x - p.start.x, ay = y - p.start.y;
  const float s0 = ax * p.along.x + ay * p.along.y, d0 = ax * p.across.x + ay * p.across.y;
  const float cut_x = x - p.first_cut.x, cut_y = y - p.first_cut.y;
  const float end_x = x - p.last_cut.x, end_y = y - p.last_cut.y;
  const float before = p.before + ax * p.before_change.x + ay * p.before_change.y;
  const float after = p.after + ax * p.after_change.x + ay * p.after_change.y;
  for (int i = 0; i < kPixels; ++i) {
    const float s =
        kVaries || kTints ? between(s0 + kPixelX[i] * p.along.x + kPixelY[i] * p.along.y, 0.0f, 1.0f) : 0.0f;
    const float scale = kVaries ? p.per_footprint + s * p.per_footprint_change : p.per_footprint;
    const float d = std::abs(d0 + kPixelX[i] * p.across.x + kPixelY[i] * p.across.y) * scale;
    const float half_width = kVaries ? p.half_width + s * p.half_width_change : p.half_width;
    const float full = least(1.0f, 2 * half_width);
    float covered = between(half_width + 0.5f - d, 0.0f, full);
    if constexpr (kEnds) {
      const float past = most(before + kPixelX[i] * p.before_change.x + kPixelY[i] * p.before_change.y,
                              after + kPixelX[i] * p.after_change.x + kPixelY[i] * p.after_change.y);
      const float outside = most(past, 0.0f);
      const float rounded = between(half_width + 0.5f - std::sqrt(d * d + outside * outside), 0.0f, full);
      covered = covered * between(0.5f - past, 0.0f, 1.0f);
      covered = covered + p.caps * (rounded - covered);
    }
    if constexpr (kCuts) {
      const float after_cut =
          (cut_x + kPixelX[i]) * p.first_tangent.x + (cut_y + kPixelY[i]) * p.first_tangent.y;
      const float before_cut =
          (end_x + kPixelX[i]) * p.last_tangent.x + (end_y + kPixelY[i]) * p.last_tangent.y + p.last_bias;
      covered = after_cut >= 0 ? covered : 0.0f;
      covered = before_cut < 0 ? covered : 0.0f;
    }
    const auto part = [&](int c) { return kTints ? p.color[c] + s * p.color_change[c] : p.color[c]; };
    const float keep = 1 - part(3) * covered;
    block.red[i] = block.red[i] * keep + part(0) * covered;
    block.green[i] = block.green[i] * keep + part(1) * covered;
    block.blue[i] = block.blue[i] * keep + part(2) * covered;
    block.alpha[i] = block.alpha[i] * keep + part(3) * covered;
  }
}

}  // namespace

namespace {

template <bool kVaries, bool kTints, bool kEnds>
void cover_rows(const RibbonPiece& __restrict piece, float x0, float y0, PixelBlock* __restrict blocks,
                int blocks_x, int blocks_y) {
  constexpr int kSide = PixelBlock::kSide;
  // No pixel of a block whose middle lies this far from a cut, in units along its tangent, is beyond it. A
  // little more than they need: what is close is looked at pixel by pixel.
  const auto reach = [](Vec2 tangent) { return 1.6f * (std::abs(tangent.x) + std::abs(tangent.y)); };
  const float from_first = reach(piece.first_tangent), to_last = -reach(piece.last_tangent);
  const int top = step_of(piece.y_low - y0, kSide, 0, blocks_y);
  const int bottom = step_of(piece.y_high - y0, kSide, -1, blocks_y - 1);
  for (int row = top; row <= bottom; ++row) {
    const float y = y0 + static_cast<float>(row * kSide);
    const auto [low, high] = piece.columns(y + 0.5f, y + kSide - 0.5f);
    if (!(low <= high)) continue;
    // Pixel centres lie half a pixel inside.
    const int first = step_of(low - x0 - 0.5f, kSide, 0, blocks_x);
    const int last = step_of(high - x0 - 0.5f, kSide, -1, blocks_x - 1);
    const Vec2 middle{x0 + 0.5f * kSide, y + 0.5f * kSide};
    const float after = (middle.x - piece.first_cut.x) * piece.first_tangent.x +
                        (middle.y - piece.first_cut.y) * piece.first_tangent.y;
    const float before = (middle.x - piece.last_cut.x) * piece.last_tangent.x +
                         (middle.y - piece.last_cut.y) * piece.last_tangent.y + piece.last_bias;
    for (int i = first; i <= last; ++i) {
      const auto along = static_cast<float>(i * kSide);
      const bool inside = after + along * piece.first_tangent.x >= from_first &&
                          before + along * piece.last_tangent.x < to_last;
      PixelBlock& block = blocks[row * blocks_x + i];
      if (inside)
        cover<kVaries, kTints, kEnds, false>(piece, x0 + along, y, block);
      else
        cover<kVaries, kTints, kEnds, true>(piece, x0 + along, y, block);
    }
  }
}

}  // namespace

void cover_tile(const RibbonPiece& piece, float x, float y, PixelBlock* blocks, int blocks_x, int blocks_y) {
  using Draw = void (*)(const RibbonPiece&, float, float, PixelBlock*, int, int);
  static constexpr Draw kDraw[2][2][2] = {{{cover_rows<false, false, false>, cover_rows<false, false, true>},
                                           {cover_rows<false, true, false>, cover_rows<false, true, true>}},
                                          {{cover_rows<true, false, false>, cover_rows<true, false, true>},
                                           {cover_rows<true, true, false>, cover_rows<true, true, true>}}};
  kDraw[piece.varies][piece.tints][piece.has_ends](piece, x, y, blocks, blocks_x, blocks_y);
}

namespace {

/// Bytes to linear light, and back by the square root of the light: its steps are finer than the bytes'
/// everywhere.
struct ByteTables {
  static constexpr int kSteps = 4096;
  std::array<float, 256> light{};
  std::array<std::uint32_t, kSteps + 1> byte{};
  ByteTables() {
    for (std::size_t i = 0; i < light.size(); ++i) light[i] = decode_srgb(static_cast<float>(i) / 255);
    for (std::size_t i = 0; i < byte.size(); ++i) {
      const double root = static_cast<double>(i) / kSteps, v = root * root;
      const double encoded = v <= 0.0031308 ? v * 12.92 : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
      byte[i] = static_cast<std::uint32_t>(encoded * 255 + 0.5);
    }
  }
};
const ByteTables kTables;

/// One part of a pixel: light over what was below.
inline std::uint32_t merged(float below, float light, float keep) {
  const float sum = between(light + keep * below, 0.0f, 1.0f);
  return kTables.byte[static_cast<std::size_t>(static_cast<int>(std::sqrt(sum) * ByteTables::kSteps + 0.5f))];
}

}  // namespace

void merge_block(const PixelBlock& block, std::uint32_t* pixels, std::size_t stride) {
  constexpr int kSide = PixelBlock::kSide;
  float most_light = 0;
  for (int i = 0; i < kPixels; ++i) most_light = most(most_light, block.alpha[i]);
  if (most_light <= 0) return;
  std::uint32_t p[kPixels];
  for (std::size_t row = 0; row < kSide; ++row)
    std::memcpy(p + row * kSide, pixels + row * stride, sizeof(p) / kSide);
  // Most blocks lie on one colour: its light is looked up once.
  std::uint32_t differs = 0;
  for (int i = 1; i < kPixels; ++i) differs |= p[i] ^ p[0];
  const auto merge = [&](auto light_below) {
    for (int i = 0; i < kPixels; ++i) {
      const float keep = 1 - block.alpha[i];
      const std::uint32_t red = merged(light_below(i, 0), block.red[i], keep);
      const std::uint32_t green = merged(light_below(i, 8), block.green[i], keep);
      const std::uint32_t blue = merged(light_below(i, 16), block.blue[i], keep);
      const std::uint32_t sum = red | green << 8 | blue << 16 | 0xFF000000u;
      p[i] = block.alpha[i] > 0 ? sum : p[i];
    }
  };
  const auto light = [](std::uint32_t pixel, int shift) { return kTables.light[(pixel >> shift) & 255]; };
  if (differs == 0) {
    const float below[3] = {light(p[0], 0), light(p[0], 8), light(p[0], 16)};
    merge([&](int, int shift) { return below[shift / 8]; });
  } else {
    merge([&](int i, int shift) { return light(p[i], shift); });
  }
  for (std::size_t row = 0; row < kSide; ++row)
    std::memcpy(pixels + row * stride, p + row * kSide, sizeof(p) / kSide);
}

void store_block(const PixelBlock& block, std::uint16_t* out, std::size_t stride) {
  std::uint16_t pixels[kPixels * 4];
  for (int i = 0; i < kPixels; ++i) {
    pixels[i * 4] = sixteen_bits(block.red[i]);
    pixels[i * 4 + 1] = sixteen_bits(block.green[i]);
    pixels[i * 4 + 2] = sixteen_bits(block.blue[i]);
    pixels[i * 4 + 3] = sixteen_bits(block.alpha[i]);
  }
  for (int row = 0; row < PixelBlock::kSide; ++row) {
    std::memcpy(out + static_cast<std::size_t>(row) * stride, pixels + row * PixelBlock::kSide * 4,
                PixelBlock::kSide * 4 * sizeof(std::uint16_t));
  }
}

}  // namespace headscope
