#include "render/raster/ribbon_raster.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace headscope {

namespace {

/// Begins to fetch a piece that will be drawn soon: those of a tile lie far apart in memory.
inline void fetch(const RibbonPiece& piece) {
#if defined(__GNUC__)
  const auto* bytes = reinterpret_cast<const char*>(&piece);
  for (std::size_t at = 0; at < sizeof(RibbonPiece); at += 64) __builtin_prefetch(bytes + at);
#else
  (void)piece;
#endif
}

}  // namespace

template <class Visit>
void RibbonRaster::visit_tiles(const RibbonPiece& piece, const Visit& visit) const {
  const int top = step_of(piece.y_low, kTileHeight, 0, tiles_y_ - 1);
  const int bottom = step_of(piece.y_high, kTileHeight, -1, tiles_y_ - 1);
  for (int y = top; y <= bottom; ++y) {
    const auto upper = static_cast<float>(y * kTileHeight);
    const auto [low, high] = piece.columns(upper, upper + kTileHeight);
    if (!(low <= high) || high < 0) continue;
    const int right = step_of(high, kTileWidth, -1, tiles_x_ - 1);
    for (int x = step_of(low, kTileWidth, 0, tiles_x_); x <= right; ++x) visit(y * tiles_x_ + x);
  }
}

void RibbonRaster::sort_into_tiles(Chunk& chunk) const {
  // Counting sort: how many for each tile, where each tile's begin, then the indices themselves.
  chunk.first.assign(static_cast<std::size_t>(tiles_x_ * tiles_y_) + 2, 0);
  for (const RibbonPiece& piece : chunk.pieces) {
    visit_tiles(piece, [&](int tile) { ++chunk.first[static_cast<std::size_t>(tile) + 2]; });
  }
  for (std::size_t i = 2; i < chunk.first.size(); ++i) chunk.first[i] += chunk.first[i - 1];
  if (chunk.met.size() < chunk.first.back()) chunk.met.resize(chunk.first.back() + chunk.first.back() / 4);
  for (std::size_t i = 0; i < chunk.pieces.size(); ++i) {
    visit_tiles(chunk.pieces[i], [&](int tile) {
      chunk.met[chunk.first[static_cast<std::size_t>(tile) + 1]++] = static_cast<std::uint32_t>(i);
    });
  }
}

void RibbonRaster::draw_tile(int tile, int n_chunks) {
  const auto at = static_cast<std::size_t>(tile);
  for (int c = 0; c < n_chunks; ++c) {
    const Chunk& chunk = chunks_[static_cast<std::size_t>(c)];
    const std::uint32_t end = chunk.first[at + 1];
    constexpr std::uint32_t kAhead = 3;
    for (std::uint32_t i = chunk.first[at]; i < end; ++i) {
      if (i + kAhead < end) fetch(chunk.pieces[chunk.met[i + kAhead]]);
      if (!used_[at]) {
        std::memset(static_cast<void*>(&blocks_[at * kTileBlocks]), 0, kTileBlocks * sizeof(PixelBlock));
        used_[at] = 1;
      }
      cover_tile(chunk.pieces[chunk.met[i]], static_cast<float>(tile % tiles_x_ * kTileWidth),
                 static_cast<float>(tile / tiles_x_ * kTileHeight), &blocks_[at * kTileBlocks], kTileBlocksX,
                 kTileBlocksY);
    }
  }
}

template <class Visit, class Skip>
void RibbonRaster::visit_rows(Area area, const Visit& visit, const Skip& skip) {
  constexpr int kSide = PixelBlock::kSide;
  crew_.run(area.height / kTileHeight, [&](int row) {
    for (int y = 0; y < kTileHeight; y += kSide) {
      for (int x = 0; x < area.width; x += kTileWidth) {
        const int tile = (area.y / kTileHeight + row) * tiles_x_ + (area.x + x) / kTileWidth;
        const auto at = static_cast<std::size_t>(tile);
        const auto ax = static_cast<std::size_t>(x), ay = static_cast<std::size_t>(row * kTileHeight + y);
        if (used_[at]) {
          visit(&blocks_[at * kTileBlocks + static_cast<std::size_t>(y / kSide * kTileBlocksX)], ax, ay);
        } else {
          skip(ax, ay);
        }
      }
    }
  });
}

std::span<const std::uint16_t> RibbonRaster::store(Area area) {
  const std::size_t stride = static_cast<std::size_t>(area.width) * 4;
  const std::size_t n_values = stride * static_cast<std::size_t>(area.height);
  if (pixels_.size() < n_values) pixels_.resize(n_values);
  visit_rows(
      area,
      [&](const PixelBlock* blocks, std::size_t x, std::size_t y) {
        std::uint16_t* out = &pixels_[y * stride + x * 4];
        for (int i = 0; i < kTileBlocksX; ++i)
          store_block(blocks[i], out + i * PixelBlock::kSide * 4, stride);
      },
      [&](std::size_t x, std::size_t y) {
        for (std::size_t line = 0; line < PixelBlock::kSide; ++line) {
          std::memset(&pixels_[(y + line) * stride + x * 4], 0, kTileWidth * 4 * sizeof(std::uint16_t));
        }
      });
  return {pixels_.data(), n_values};
}

void RibbonRaster::merge(Area area, std::span<std::uint32_t> pixels) {
  const auto stride = static_cast<std::size_t>(area.width);
  assert(pixels.size() >= stride * static_cast<std::size_t>(area.height));
  visit_rows(
      area,
      [&](const PixelBlock* blocks, std::size_t x, std::size_t y) {
        std::uint32_t* out = &pixels[y * stride + x];
        for (int i = 0; i < kTileBlocksX; ++i) merge_block(blocks[i], out + i * PixelBlock::kSide, stride);
      },
      [](std::size_t, std::size_t) {});
}

RibbonRaster::Area RibbonRaster::draw(const Morph& morph, std::span<const RibbonCut> cuts, float mix,
                                      const PixelView& view) {
  assert(cuts.size() == morph.ribbons.size());
  tiles_x_ = (static_cast<int>(view.width) + kTileWidth - 1) / kTileWidth;
  tiles_y_ = (static_cast<int>(view.height) + kTileHeight - 1) / kTileHeight;
  const int n_tiles = tiles_x_ * tiles_y_;
  used_.assign(static_cast<std::size_t>(n_tiles), 0);
  if (blocks_.size() < used_.size() * kTileBlocks) blocks_.resize(used_.size() * kTileBlocks);
  if (chunks_.empty()) chunks_.resize(kChunks);

  const std::size_t n_ribbons = morph.ribbons.size();
  constexpr std::size_t kGroup = std::size_t{kRibbonsInChunk} * kChunks;
  for (std::size_t begin = 0; begin < n_ribbons; begin += kGroup) {
    const std::size_t end = std::min(n_ribbons, begin + kGroup);
    const int n_chunks = static_cast<int>((end - begin + kRibbonsInChunk - 1) / kRibbonsInChunk);
    crew_.run(n_chunks, [&](int c) {
      Chunk& chunk = chunks_[static_cast<std::size_t>(c)];
      chunk.pieces.clear();
      const std::size_t first = begin + static_cast<std::size_t>(c) * kRibbonsInChunk;
      for (std::size_t i = first; i < std::min(end, first + kRibbonsInChunk); ++i) {
        append_pieces(morph.ribbons[i], cuts[i], mix, view, chunk.pieces);
      }
      sort_into_tiles(chunk);
    });
    crew_.run(n_tiles, [&](int tile) { draw_tile(tile, n_chunks); });
  }

  int left = tiles_x_, right = -1, top = tiles_y_, bottom = -1;
  for (int tile = 0; tile < n_tiles; ++tile) {
    if (!used_[static_cast<std::size_t>(tile)]) continue;
    left = std::min(left, tile % tiles_x_);
    right = std::max(right, tile % tiles_x_);
    top = std::min(top, tile / tiles_x_);
    bottom = std::max(bottom, tile / tiles_x_);
  }
  if (right < 0) return {};
  return {left * kTileWidth, top * kTileHeight, (right - left + 1) * kTileWidth,
          (bottom - top + 1) * kTileHeight};
}

}  // namespace headscope
