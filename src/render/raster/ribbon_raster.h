#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "render/raster/crew.h"
#include "render/raster/pixel_block.h"
#include "render/raster/ribbon_pieces.h"

namespace headscope {

/// Ribbons drawn without OpenGL, for machines whose OpenGL is itself software: thin bands cost its rasterizer
/// ten times what they need, because it looks at every 4 × 4 pixels twice, through a general shader and a
/// blend that encodes and decodes. Here a piece of a ribbon adds light to blocks of floats, tile by tile, so
/// that a tile stays in the cache while everything that crosses it is drawn, in order. Nothing is allocated
/// once the buffers have the size a picture needs.
class RibbonRaster {
 public:
  /// `n_threads`: as for Crew.
  explicit RibbonRaster(int n_threads = 0) : crew_(n_threads) {}

  static constexpr int kTileBlocksX = 16, kTileBlocksY = 8;  ///< 64 × 32 pixels, 32 KiB
  static constexpr int kTileWidth = kTileBlocksX * PixelBlock::kSide;
  static constexpr int kTileHeight = kTileBlocksY * PixelBlock::kSide;

  /// The rectangle of the target, made of whole tiles, that has light in it; empty when width is 0.
  struct Area {
    int x = 0, y = 0, width = 0, height = 0;
  };

  /// Draws all ribbons at one moment.
  ///   cuts  one for each of the morph's ribbons
  ///   mix   Scene::mix
  Area draw(const Morph& morph, std::span<const RibbonCut> cuts, float mix, const PixelView& view);

  /// What `draw` left: [area.height, area.width] pixels of 16-bit RGBA, premultiplied, in linear light.
  std::span<const std::uint16_t> store(Area area);

  /// Lays what `draw` left over opaque pixels.
  ///   pixels  [area.height, area.width] as merge_block has them
  void merge(Area area, std::span<std::uint32_t> pixels);

 private:
  static constexpr int kTileBlocks = kTileBlocksX * kTileBlocksY;
  static constexpr int kRibbonsInChunk = 256, kChunks = 32;

  /// The pieces of some neighbouring ribbons, and which of them each tile meets.
  struct Chunk {
    std::vector<RibbonPiece> pieces;
    std::vector<std::uint32_t>
        first;  ///< for each tile, and one past the last: where its pieces begin in `met`
    std::vector<std::uint32_t> met;  ///< indices of pieces, tile by tile, in drawing order
  };

  void sort_into_tiles(Chunk& chunk) const;
  template <class Visit>
  void visit_tiles(const RibbonPiece& piece, const Visit& visit) const;
  void draw_tile(int tile, int n_chunks);
  /// Calls visit(blocks, x, y) for each row of blocks in a used tile: x and y are those of its first pixel in
  /// the area. `skip` has the same arguments for tiles that are not used, without the blocks.
  template <class Visit, class Skip>
  void visit_rows(Area area, const Visit& visit, const Skip& skip);

  Crew crew_;
  std::vector<Chunk> chunks_;
  std::vector<PixelBlock> blocks_;  ///< tile by tile, rows of blocks within
  std::vector<char> used_;          ///< for each tile
  std::vector<std::uint16_t> pixels_;
  int tiles_x_ = 0, tiles_y_ = 0;
};

}  // namespace headscope
