#include "ui/atlas.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace headscope {

namespace {

constexpr int kWidth = 1024, kGlyphHeight = 896, kPictureHeight = 1024;
constexpr int kMargin = 1;

AtlasRect united(const AtlasRect& a, const AtlasRect& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  const int x = std::min(a.x, b.x), y = std::min(a.y, b.y);
  return {x, y, std::max(a.x + a.width, b.x + b.width) - x, std::max(a.y + a.height, b.y + b.height) - y};
}

}  // namespace

void Atlas::create() {
  ImFontAtlas& fonts = *ImGui::GetIO().Fonts;
  fonts.TexDesiredWidth = 2 * kWidth;
  fonts.AddFontDefault();  // ImGui wants one; the panels draw their own text
  const int glyphs = fonts.AddCustomRectRegular(kWidth, kGlyphHeight);
  const int pictures = fonts.AddCustomRectRegular(kWidth, kPictureHeight);
  fonts.Build();
  unsigned char* bytes = nullptr;
  fonts.GetTexDataAsRGBA32(&bytes, &width_, &height_);
  pixels_ = reinterpret_cast<std::uint32_t*>(bytes);
  const auto rect = [&](int index) {
    const ImFontAtlasCustomRect* r = fonts.GetCustomRectByIndex(index);
    assert(r && r->IsPacked());
    return AtlasRect{r->X, r->Y, r->Width, r->Height};
  };
  glyphs_ = rect(glyphs);
  pictures_ = rect(pictures);
  for (const AtlasRect& part : {glyphs_, pictures_}) {
    for (int y = 0; y < part.height; ++y) {
      std::fill_n(pixels_ + static_cast<std::ptrdiff_t>(part.y + y) * width_ + part.x, part.width,
                  0x00FFFFFFu);
    }
  }
}

const Atlas::Glyph& Atlas::glyph(UiTextSource& source, std::uint32_t font, std::uint32_t index,
                                 float pixel_size, int quarter) {
  const auto size_key = static_cast<std::uint64_t>(std::lround(pixel_size * 4)) & 0xFFF;
  const std::uint64_t key = static_cast<std::uint64_t>(font & 0xFFFF) << 48 |
                            static_cast<std::uint64_t>(index) << 16 | size_key << 2 |
                            static_cast<std::uint64_t>(quarter & 3);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;

  const UiGlyphBitmap bitmap = source.rasterize(font, index, pixel_size, static_cast<float>(quarter) / 4);
  Glyph glyph;
  if (bitmap.width > 0 && bitmap.height > 0 && bitmap.width < glyphs_.width &&
      bitmap.height < glyphs_.height) {
    if (shelf_x_ + bitmap.width + kMargin > glyphs_.width) {
      shelf_y_ += shelf_height_ + kMargin;
      shelf_x_ = shelf_height_ = 0;
    }
    if (shelf_y_ + bitmap.height > glyphs_.height) {
      known_.clear();
      shelf_x_ = shelf_y_ = shelf_height_ = 0;
      overflow_ = true;
    }
    const int x0 = glyphs_.x + shelf_x_, y0 = glyphs_.y + shelf_y_;
    for (int y = 0; y < bitmap.height; ++y) {
      std::uint32_t* row = pixels_ + static_cast<std::ptrdiff_t>(y0 + y) * width_ + x0;
      for (int x = 0; x < bitmap.width; ++x) {
        row[x] = 0x00FFFFFFu |
                 static_cast<std::uint32_t>(bitmap.coverage[static_cast<std::size_t>(y * bitmap.width + x)])
                     << 24;
      }
    }
    mark({x0, y0, bitmap.width, bitmap.height});
    shelf_x_ += bitmap.width + kMargin;
    shelf_height_ = std::max(shelf_height_, bitmap.height);
    const auto w = static_cast<float>(width_), h = static_cast<float>(height_);
    glyph.visible = true;
    glyph.offset = {static_cast<float>(bitmap.left), -static_cast<float>(bitmap.top)};
    glyph.size = {static_cast<float>(bitmap.width), static_cast<float>(bitmap.height)};
    glyph.uv0 = {static_cast<float>(x0) / w, static_cast<float>(y0) / h};
    glyph.uv1 = {static_cast<float>(x0 + bitmap.width) / w, static_cast<float>(y0 + bitmap.height) / h};
  }
  return known_.emplace(key, glyph).first->second;
}

std::span<std::uint32_t> Atlas::picture_row(int y) {
  assert(y >= 0 && y < pictures_.height);
  return {pixels_ + static_cast<std::ptrdiff_t>(pictures_.y + y) * width_ + pictures_.x,
          static_cast<std::size_t>(pictures_.width)};
}

ImVec2 Atlas::picture_uv(float x, float y) const {
  return {(static_cast<float>(pictures_.x) + x) / static_cast<float>(width_),
          (static_cast<float>(pictures_.y) + y) / static_cast<float>(height_)};
}

void Atlas::picture_changed(AtlasRect part) {
  mark({pictures_.x + part.x, pictures_.y + part.y, part.width, part.height});
}

void Atlas::mark(AtlasRect part) {
  dirty_ = united(dirty_, part);
}
AtlasRect Atlas::take_dirty() {
  return std::exchange(dirty_, {});
}
bool Atlas::take_overflow() {
  return std::exchange(overflow_, false);
}

}  // namespace headscope
