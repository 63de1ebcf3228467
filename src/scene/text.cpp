#include "scene/text.h"

#include <cmath>
#include <mutex>
#include <unordered_map>

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H

#include "base/utf8.h"
#include "scene/code_point_box.h"
#include "scene/font_files.h"
#include "scene/shaping.h"

namespace headscope {
namespace {

/// Beyond this many runs the cache starts again; a picture uses a few hundred.
constexpr std::size_t kMaxCachedRuns = 20000;

/// Collects FreeType's outline in em with y down.
struct OutlineSink {
  GlyphOutline outline;
  float em = 1;
  void add(GlyphOutline::Verb verb) { outline.verbs.push_back(verb); }
  void point(const FT_Vector* p) {
    outline.points.push_back({em * static_cast<float>(p->x), -em * static_cast<float>(p->y)});
  }
  void close() {
    if (!outline.verbs.empty() && outline.verbs.back() != GlyphOutline::Verb::Close)
      add(GlyphOutline::Verb::Close);
  }
};

int move_to(const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.close();
  sink.add(GlyphOutline::Verb::Move);
  sink.point(to);
  return 0;
}
int line_to(const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.add(GlyphOutline::Verb::Line);
  sink.point(to);
  return 0;
}
int conic_to(const FT_Vector* control, const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.add(GlyphOutline::Verb::Quadratic);
  sink.point(control);
  sink.point(to);
  return 0;
}
int cubic_to(const FT_Vector* control1, const FT_Vector* control2, const FT_Vector* to, void* user) {
  auto& sink = *static_cast<OutlineSink*>(user);
  sink.add(GlyphOutline::Verb::Cubic);
  sink.point(control1);
  sink.point(control2);
  sink.point(to);
  return 0;
}

}  // namespace

struct FontLibrary::State {
  std::mutex mutex;
  FontFiles fonts;
  std::unordered_map<std::string, GlyphRunPtr> runs;  // key: text, then role and weight
};

FontLibrary::FontLibrary() : state_(std::make_unique<State>()) {}
FontLibrary::~FontLibrary() = default;

GlyphRunPtr FontLibrary::shape(std::string_view text, FontRole role, FontWeight weight) {
  std::string key(text);
  key.push_back(static_cast<char>(static_cast<int>(role) * 8 + static_cast<int>(weight)));
  const std::lock_guard lock(state_->mutex);
  if (const auto known = state_->runs.find(key); known != state_->runs.end()) return known->second;
  if (state_->runs.size() >= kMaxCachedRuns) state_->runs.clear();
  auto run = std::make_shared<const GlyphRun>(shape_line(to_valid_utf8(text), role, weight, state_->fonts));
  state_->runs.emplace(std::move(key), run);
  return run;
}

GlyphBitmap FontLibrary::rasterize(FontId font, std::uint32_t glyph, float pixel_size, float subpixel_x) {
  if (font == kCodePointBoxes) return rasterize_code_point_box(glyph, pixel_size, subpixel_x);
  const std::lock_guard lock(state_->mutex);
  GlyphBitmap bitmap;
  FT_Face face = state_->fonts.face(font);
  if (!face) return bitmap;
  FT_Set_Char_Size(face, 0, static_cast<FT_F26Dot6>(std::lround(pixel_size * 64)), 72, 72);
  // Unhinted: words glide by parts of a pixel, and grid-fitted stems would jump.
  if (FT_Load_Glyph(face, glyph, FT_LOAD_NO_HINTING | FT_LOAD_NO_BITMAP) != 0) return bitmap;
  FT_GlyphSlot slot = face->glyph;
  if (slot->format != FT_GLYPH_FORMAT_OUTLINE) return bitmap;
  FT_Outline_Translate(&slot->outline, std::lround(subpixel_x * 64), 0);
  if (FT_Render_Glyph(slot, FT_RENDER_MODE_NORMAL) != 0) return bitmap;
  bitmap.left = slot->bitmap_left;
  bitmap.top = slot->bitmap_top;
  bitmap.width = static_cast<int>(slot->bitmap.width);
  bitmap.height = static_cast<int>(slot->bitmap.rows);
  bitmap.coverage.reserve(static_cast<std::size_t>(bitmap.width) * bitmap.height);
  for (int y = 0; y < bitmap.height; ++y) {
    const unsigned char* row = slot->bitmap.buffer + static_cast<std::ptrdiff_t>(y) * slot->bitmap.pitch;
    bitmap.coverage.insert(bitmap.coverage.end(), row, row + bitmap.width);
  }
  return bitmap;
}

GlyphOutline FontLibrary::outline(FontId font, std::uint32_t glyph) {
  if (font == kCodePointBoxes) return code_point_box_outline(glyph);
  const std::lock_guard lock(state_->mutex);
  FT_Face face = state_->fonts.face(font);
  if (!face || FT_Load_Glyph(face, glyph, FT_LOAD_NO_SCALE | FT_LOAD_NO_BITMAP) != 0) return {};
  if (face->glyph->format != FT_GLYPH_FORMAT_OUTLINE) return {};
  OutlineSink sink;
  sink.em = 1 / static_cast<float>(face->units_per_EM);
  const FT_Outline_Funcs functions = {move_to, line_to, conic_to, cubic_to, 0, 0};
  FT_Outline_Decompose(&face->glyph->outline, &functions, &sink);
  sink.close();
  return std::move(sink.outline);
}

FontLibrary::Source FontLibrary::source(FontId font) {
  if (font == kCodePointBoxes) return {};
  const std::lock_guard lock(state_->mutex);
  const FontFile& file = state_->fonts.file(font);
  return {file.path, file.face_index};
}

std::string FontLibrary::family(FontId font) {
  if (font == kCodePointBoxes) return "";
  const std::lock_guard lock(state_->mutex);
  return state_->fonts.file(font).family;
}

}  // namespace headscope
