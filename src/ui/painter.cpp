#include "ui/painter.h"

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace headscope {

namespace {

constexpr float kSmallestText = 12;  // device pixels at any scale
constexpr float kLineHeight = 1.45f;

}  // namespace

Painter::Painter(Atlas& atlas, UiTextSource& source, const UiTheme& theme, float scale, float pixel_density)
    : atlas_(&atlas), source_(&source), theme_(&theme), scale_(scale), density_(pixel_density) {}

float Painter::dp(float logical) const {
  return std::round(logical * scale_);
}

float Painter::em(const TextStyle& style) const {
  return std::max(style.size * scale_, std::min(style.size, kSmallestText));
}

float Painter::line_height(const TextStyle& style) const {
  return std::round(em(style) * kLineHeight);
}

float Painter::width(std::string_view text, const TextStyle& style) {
  if (text.empty()) return 0;
  const UiRun& run = shape(text, style);
  return run.width * em(style) + style.tracking * scale_ * static_cast<float>(run.glyphs.size());
}

void Painter::glyphs(const UiRun& run, float x, float base_line, const TextStyle& style, ImU32 color) {
  const float size = em(style), pixel_size = size * density_;
  const float pixel_base = std::round(base_line * density_);
  ImDrawList* draw = list();
  const ImVec2 clip_min = draw->GetClipRectMin(), clip_max = draw->GetClipRectMax();
  if (base_line + size < clip_min.y || base_line - 2 * size > clip_max.y) return;
  float tracked = 0;
  for (const UiGlyph& g : run.glyphs) {
    const float pen = (x + tracked + g.x * size) * density_;
    tracked += style.tracking * scale_;
    // A quarter of a pixel is as fine as grey text needs; whole pixels for the texels themselves.
    const float whole = std::floor(pen + 0.125f);
    const int quarter = std::clamp(static_cast<int>((pen + 0.125f - whole) * 4), 0, 3);
    const Atlas::Glyph& glyph = atlas_->glyph(*source_, g.font, g.glyph, pixel_size, quarter);
    if (!glyph.visible) continue;
    const float left = (whole + glyph.offset.x) / density_;
    const float top = (pixel_base + std::round(g.y * pixel_size) + glyph.offset.y) / density_;
    const float right = left + glyph.size.x / density_, bottom = top + glyph.size.y / density_;
    if (right < clip_min.x || left > clip_max.x) continue;
    draw->PrimReserve(6, 4);
    draw->PrimRectUV({left, top}, {right, bottom}, glyph.uv0, glyph.uv1, color);
  }
}

float Painter::text(float x, float y_center, std::string_view text, const TextStyle& style, ImU32 color,
                    Align align) {
  if (text.empty()) return 0;
  const UiRun& run = shape(text, style);
  const float size = em(style);
  const float w = run.width * size + style.tracking * scale_ * static_cast<float>(run.glyphs.size());
  if (align == Align::Center) x -= w / 2;
  if (align == Align::Right) x -= w;
  glyphs(run, x, y_center + run.cap_height * size / 2, style, color);
  return w;
}

float Painter::text_cut(float x, float y_center, float max_width, std::string_view whole,
                        const TextStyle& style, ImU32 color, Align align) {
  if (width(whole, style) <= max_width) return text(x, y_center, whole, style, color, align);
  const std::vector<CodePoint> points =
      code_points(whole.substr(0, utf8_floor(whole, std::min<std::size_t>(whole.size(), 400))));
  std::size_t low = 0, high = points.size();
  std::string cut;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    cut.assign(whole.substr(0, points[middle - 1].begin + points[middle - 1].length)).append("…");
    if (width(cut, style) <= max_width)
      low = middle;
    else
      high = middle - 1;
  }
  cut = low == 0 ? "…" : std::string(whole.substr(0, points[low - 1].begin + points[low - 1].length)) + "…";
  return text(x, y_center, cut, style, color, align);
}

float Painter::paragraph(float x, float y_top, float max_width, std::string_view whole,
                         const TextStyle& style, ImU32 color, bool draw) {
  const float step = line_height(style);
  float y = y_top;
  std::size_t begin = 0;
  while (begin < whole.size()) {
    std::size_t end = begin, next = begin;
    while (next < whole.size()) {
      std::size_t space = whole.find(' ', next);
      if (space == std::string_view::npos) space = whole.size();
      if (end > begin && width(whole.substr(begin, space - begin), style) > max_width) break;
      end = space;
      next = std::min(space + 1, whole.size());
    }
    if (draw) text_cut(x, y + step / 2, max_width, whole.substr(begin, end - begin), style, color);
    y += step;
    begin = std::min(end + 1, whole.size());
  }
  return y - y_top;
}

void Painter::fill(float x0, float y0, float x1, float y1, ImU32 color, float radius) {
  list()->AddRectFilled({x0, y0}, {x1, y1}, color, radius);
}

void Painter::frame(float x0, float y0, float x1, float y1, ImU32 color, float radius, float thickness) {
  list()->AddRect({x0, y0}, {x1, y1}, color, radius, 0, thickness * std::max(1.0f, std::round(scale_)));
}

void Painter::line(float x0, float y0, float x1, float y1, ImU32 color, float thickness) {
  list()->AddLine({x0, y0}, {x1, y1}, color, thickness);
}

void Painter::circle(float x, float y, float radius, ImU32 color) {
  list()->AddCircleFilled({x, y}, radius, color);
}

void Painter::ring(float x, float y, float radius, ImU32 color, float thickness) {
  list()->AddCircle({x, y}, radius, color, 0, thickness);
}

void Painter::triangle(ImVec2 a, ImVec2 b, ImVec2 c, ImU32 color) {
  list()->AddTriangleFilled(a, b, c, color);
}

}  // namespace headscope
