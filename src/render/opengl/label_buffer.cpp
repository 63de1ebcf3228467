#include "render/opengl/label_buffer.h"

#include <algorithm>
#include <cmath>

namespace headscope {

namespace {

constexpr std::size_t kLabelTexels = 3, kGlyphTexels = 3;  ///< shaders/glyph.vert reads them

}  // namespace

std::size_t LabelBuffer::max_labels() {
  return max_data_texels() / kLabelTexels;
}

void LabelBuffer::upload(const Morph& morph) {
  std::vector<Texel> texels;
  texels.reserve(morph.labels.size() * kLabelTexels);
  for (const Tween<LabelState>& label : morph.labels) {
    texels.push_back(
        float_texel(label.from.origin.x, label.from.origin.y, label.to.origin.x, label.to.origin.y));
    texels.push_back(float_texel(label.from.size, label.to.size, label.begin, label.end));
    texels.push_back(color_texel(label.from.color, label.to.color));
  }
  states_.upload(GL_RGBA32UI, texels.data(), texels.size());
  placed_ = {};
  n_glyphs_ = 0;
}

bool LabelBuffer::good_enough(const Placed& wanted, bool resting) const {
  if (placed_.generation != wanted.generation || placed_.px <= 0) return false;
  if (resting) return placed_ == wanted;
  return wanted.px < placed_.px * 1.25f && wanted.px > placed_.px * 0.8f;
}

void LabelBuffer::place_run(const Morph& morph, std::size_t label, const Placed& wanted, GlyphAtlas& atlas) {
  const Tween<LabelState>& tween = morph.labels[label];
  const GlyphRunPtr& run = morph.label_runs[label];
  // What is seen at this end; a label that grows or fades is seen at the other one.
  const LabelState& state =
      (wanted.at_end ? tween.to.color.a > 0 : tween.from.color.a <= 0) ? tween.to : tween.from;
  const float em = state.size * wanted.px;
  if (!run || !(em > 0)) return;
  const int size_step = std::max(
      1, static_cast<int>(std::lround(std::min(em, GlyphAtlas::kMaxPixelSize) * GlyphAtlas::kSizeSteps)));
  const float made_at = static_cast<float>(size_step) / GlyphAtlas::kSizeSteps;
  const float left = (state.origin.x - wanted.offset.x) * wanted.px;
  for (const PlacedGlyph& glyph : run->glyphs) {
    const float x = left + glyph.x * em;
    const float quarter = std::floor((x - std::floor(x)) * GlyphAtlas::kPhases + 0.5f);
    const int phase = static_cast<int>(quarter) % GlyphAtlas::kPhases;
    const AtlasGlyph& found = atlas.find(glyph.font, glyph.glyph, size_step, phase);
    if (found.width == 0 || found.height == 0) continue;
    const auto f = [](int v) { return static_cast<float>(v); };
    texels_.push_back({glyph.x, glyph.y, f(static_cast<int>(label)), f(phase) / GlyphAtlas::kPhases});
    texels_.push_back({f(found.left), f(found.top), f(found.width), f(found.height)});
    texels_.push_back({f(found.x), f(found.y), made_at, 0});
  }
}

void LabelBuffer::place(const Morph& morph, float mix, Vec2 offset, float px, bool exactly,
                        GlyphAtlas& atlas) {
  const bool still = morph.from == morph.to;
  Placed wanted{px, offset, still || mix > 0, atlas.generation()};
  if (good_enough(wanted, exactly || still || mix <= 0 || mix >= 1)) return;
  // Placing may fill the atlas, which then starts again: the second attempt has all of it for this picture.
  for (int attempt = 0; attempt < 2; ++attempt) {
    texels_.clear();
    wanted.generation = atlas.generation();
    for (std::size_t label = 0; label < morph.labels.size(); ++label) place_run(morph, label, wanted, atlas);
    if (wanted.generation == atlas.generation()) break;
  }
  placed_ = wanted;
  placed_.generation = atlas.generation();
  n_glyphs_ = static_cast<int>(texels_.size() / kGlyphTexels);
  quads_.upload(GL_RGBA32F, texels_.data(), texels_.size());
}

void LabelBuffer::draw() const {
  if (n_glyphs_ == 0) return;
  states_.bind(GL_TEXTURE0);
  quads_.bind(GL_TEXTURE1);
  glDrawArrays(GL_TRIANGLES, 0, n_glyphs_ * 6);
}

}  // namespace headscope
