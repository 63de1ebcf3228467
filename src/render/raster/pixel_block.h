#pragma once

#include <cmath>
#include <cstdint>

#include "render/raster/ribbon_pieces.h"

namespace headscope {

/// 4 × 4 pixels: the sum of what has been drawn there, premultiplied, in linear light. Pixel (x, y) is at 4 y
/// + x.
struct alignas(64) PixelBlock {
  static constexpr int kSide = 4, kPixels = kSide * kSide;
  float red[kPixels], green[kPixels], blue[kPixels], alpha[kPixels];
};

/// Draws a piece over a tile.
///   x, y    the tile's top left corner, device pixels
///   blocks  [blocks_y, blocks_x]
void cover_tile(const RibbonPiece& piece, float x, float y, PixelBlock* blocks, int blocks_x, int blocks_y);

/// floor(v / step) within [low, high].
inline int step_of(float v, int step, int low, int high) {
  const float at = std::floor(v / static_cast<float>(step));
  if (!(at > static_cast<float>(low))) return low;
  return at < static_cast<float>(high) ? static_cast<int>(at) : high;
}

/// Lays the block over opaque pixels, in linear light; those that it does not touch keep their bytes.
///   pixels  the block's top left pixel, sRGB-encoded RGBA bytes, red lowest, in rows of `stride` pixels
void merge_block(const PixelBlock& block, std::uint32_t* pixels, std::size_t stride);

/// Writes the block as 16-bit RGBA.
///   out     the block's top left pixel, in rows of `stride` values
void store_block(const PixelBlock& block, std::uint16_t* out, std::size_t stride);

}  // namespace headscope
