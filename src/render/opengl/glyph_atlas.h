#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "render/opengl/gl_names.h"
#include "scene/text.h"

namespace headscope {

/// Where a glyph's bitmap lies in the atlas, and where it belongs relative to the glyph's origin; whole
/// pixels.
struct AtlasGlyph {
  int x = 0, y = 0, width = 0, height = 0;
  int left = 0, top = 0;
};

/// Glyph bitmaps at the sizes that are on screen, in one texture that grows as needed. Texel coordinates stay
/// valid while `generation()` stays the same; when even the largest texture is full, it starts again.
class GlyphAtlas {
 public:
  explicit GlyphAtlas(FontLibrary& fonts);

  /// Bitmaps are made in steps of an eighth of a pixel of size and a quarter of a pixel of place.
  static constexpr int kSizeSteps = 8, kPhases = 4;
  static constexpr float kMaxPixelSize = 384;  ///< larger glyphs are scaled up from this

  ///   size_step  pixels per em, times kSizeSteps
  ///   phase      quarter pixels the bitmap is moved right, [0, kPhases)
  const AtlasGlyph& find(FontId font, std::uint32_t glyph, int size_step, int phase);
  int generation() const { return generation_; }

  /// Brings the texture up to date and binds it.
  void bind(GLenum unit);
  int width() const { return kWidth; }
  int height() const { return height_; }

 private:
  static constexpr int kWidth = 2048;
  AtlasGlyph place(int width, int height);
  void start_again();

  FontLibrary& fonts_;
  GlTexture texture_;
  int height_ = 256, texture_height_ = 0, max_height_ = 0;
  std::vector<std::uint8_t> coverage_;   ///< [height_, kWidth], what the texture holds or will hold
  int dirty_begin_ = 0, dirty_end_ = 0;  ///< rows not uploaded yet
  int shelf_x_ = 0, shelf_y_ = 0, shelf_height_ = 0;
  int generation_ = 0;
  std::unordered_map<std::uint64_t, AtlasGlyph> glyphs_;
};

}  // namespace headscope
