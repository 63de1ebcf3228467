#include "panel_text.h"

#include <utility>

namespace headscope {

namespace {

constexpr std::size_t kMostRuns = 4096;  // a face; more are dropped when a frame did not use them

std::pair<FontRole, FontWeight> font_of(UiFace face) {
  switch (face) {
    case UiFace::Mono:
      return {FontRole::Mono, FontWeight::Regular};
    case UiFace::WordsMedium:
      return {FontRole::Words, FontWeight::Medium};
    case UiFace::WordsStrong:
      return {FontRole::Words, FontWeight::SemiBold};
    case UiFace::Words:
      break;
  }
  return {FontRole::Words, FontWeight::Regular};
}

}  // namespace

const UiRun& PanelText::shape(std::string_view text, UiFace face) {
  auto& runs = runs_[static_cast<int>(face)];
  if (const auto found = runs.find(text); found != runs.end()) {
    found->second.used = generation_;
    return found->second.run;
  }
  const auto [role, weight] = font_of(face);
  const GlyphRunPtr shaped = fonts_->shape(text, role, weight);
  UiRun run{{}, shaped->width, shaped->ascent, shaped->descent, shaped->cap_height};
  run.glyphs.reserve(shaped->glyphs.size());
  for (const PlacedGlyph& g : shaped->glyphs)
    run.glyphs.push_back({g.font, g.glyph, g.x, g.y, g.advance, g.cluster});
  return runs.emplace(std::string(text), Entry{std::move(run), generation_}).first->second.run;
}

UiGlyphBitmap PanelText::rasterize(std::uint32_t font, std::uint32_t glyph, float pixel_size,
                                   float subpixel_x) {
  GlyphBitmap bitmap = fonts_->rasterize(font, glyph, pixel_size, subpixel_x);
  return {bitmap.left, bitmap.top, bitmap.width, bitmap.height, std::move(bitmap.coverage)};
}

void PanelText::forget() {
  for (auto& runs : runs_) {
    if (runs.size() > kMostRuns)
      std::erase_if(runs, [this](const auto& run) { return run.second.used != generation_; });
  }
  ++generation_;
}

}  // namespace headscope
