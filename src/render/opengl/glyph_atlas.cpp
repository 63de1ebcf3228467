#include "render/opengl/glyph_atlas.h"

#include <algorithm>
#include <cstring>

namespace headscope {

namespace {

std::uint64_t key_of(FontId font, std::uint32_t glyph, int size_step, int phase) {
  return static_cast<std::uint64_t>(font & 0xFFFF) << 48 |
         static_cast<std::uint64_t>(glyph & 0xFFFFFF) << 24 |
         static_cast<std::uint64_t>(size_step & 0xFFFFF) << 2 | static_cast<std::uint64_t>(phase & 3);
}

}  // namespace

GlyphAtlas::GlyphAtlas(FontLibrary& fonts) : fonts_(fonts) {
  GLint most = 2048;
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &most);
  max_height_ = std::min(most, 8192);
  coverage_.resize(static_cast<std::size_t>(kWidth) * height_);
}

void GlyphAtlas::start_again() {
  glyphs_.clear();
  std::fill(coverage_.begin(), coverage_.end(), std::uint8_t{0});
  shelf_x_ = shelf_y_ = shelf_height_ = 0;
  dirty_begin_ = 0;
  dirty_end_ = height_;
  ++generation_;
}

AtlasGlyph GlyphAtlas::place(int width, int height) {
  // Shelves, left to right; a texel of empty space between neighbours keeps linear filtering clean.
  if (shelf_x_ + width + 1 > kWidth) {
    shelf_y_ += shelf_height_;
    shelf_x_ = shelf_height_ = 0;
  }
  if (shelf_y_ + height + 1 > max_height_) start_again();
  while (shelf_y_ + height + 1 > height_) {
    height_ = std::min(height_ * 2, max_height_);
    coverage_.resize(static_cast<std::size_t>(kWidth) * height_);
  }
  const AtlasGlyph placed{shelf_x_, shelf_y_, width, height};
  shelf_x_ += width + 1;
  shelf_height_ = std::max(shelf_height_, height + 1);
  return placed;
}

const AtlasGlyph& GlyphAtlas::find(FontId font, std::uint32_t glyph, int size_step, int phase) {
  const std::uint64_t key = key_of(font, glyph, size_step, phase);
  if (const auto known = glyphs_.find(key); known != glyphs_.end()) return known->second;
  const GlyphBitmap bitmap = fonts_.rasterize(font, glyph, static_cast<float>(size_step) / kSizeSteps,
                                              static_cast<float>(phase) / kPhases);
  // A bitmap beyond the atlas's own width cannot come from a size below kMaxPixelSize, short of a broken
  // font.
  const int width = std::min(bitmap.width, kWidth - 1), height = std::min(bitmap.height, max_height_ - 1);
  AtlasGlyph placed = place(width, height);
  placed.left = bitmap.left;
  placed.top = bitmap.top;
  for (int row = 0; row < height; ++row) {
    std::memcpy(&coverage_[static_cast<std::size_t>(placed.y + row) * kWidth + placed.x],
                &bitmap.coverage[static_cast<std::size_t>(row) * bitmap.width],
                static_cast<std::size_t>(width));
  }
  if (height > 0) {
    dirty_begin_ = dirty_end_ > dirty_begin_ ? std::min(dirty_begin_, placed.y) : placed.y;
    dirty_end_ = std::max(dirty_end_, placed.y + height);
  }
  return glyphs_.emplace(key, placed).first->second;
}

void GlyphAtlas::bind(GLenum unit) {
  glActiveTexture(unit);
  if (!texture_) texture_ = GlTexture::make();
  glBindTexture(GL_TEXTURE_2D, texture_.id());
  if (texture_height_ == height_ && dirty_end_ <= dirty_begin_) return;
  glPixelStorei(GL_UNPACK_ALIGNMENT, 1);
  if (texture_height_ != height_) {
    glTexImage2D(GL_TEXTURE_2D, 0, GL_R8, kWidth, height_, 0, GL_RED, GL_UNSIGNED_BYTE, coverage_.data());
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_LINEAR);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_S, GL_CLAMP_TO_EDGE);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_WRAP_T, GL_CLAMP_TO_EDGE);
    texture_height_ = height_;
  } else {
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, dirty_begin_, kWidth, dirty_end_ - dirty_begin_, GL_RED,
                    GL_UNSIGNED_BYTE, &coverage_[static_cast<std::size_t>(dirty_begin_) * kWidth]);
  }
  dirty_begin_ = dirty_end_ = 0;
}

}  // namespace headscope
