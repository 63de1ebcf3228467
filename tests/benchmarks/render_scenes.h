#pragma once

#include <algorithm>
#include <memory>
#include <random>
#include <string>

#include "document/document.h"
#include "models/model.h"
#include "scene/layout.h"
#include "scene/morph.h"
#include "scene/palette.h"

/// The pictures that render_bench draws, at 1280 x 720.
namespace headscope {

/// `n` ribbons shaped like those of peers/gl_bench: 380 px wide, up to 100 px high or low, 2 px thick.
inline Layout yardstick_layout(int n, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> unit(0, 1);
  Layout layout;
  layout.bounds = {0, 0, 1280, 720};
  layout.background = rgb(0x191919);
  for (int i = 0; i < n; ++i) {
    const float x = unit(random) * 880, y = unit(random) * 720;
    const float end = std::clamp(y + (unit(random) - 0.5f) * 200, 0.0f, 720.0f);
    RibbonState s;
    s.p0 = {x, y};
    s.p1 = {x + 190, y};
    s.p2 = {x + 190, end};
    s.p3 = {x + 380, end};
    s.width0 = s.width3 = 2;
    s.round_caps = 0;
    s.color0 = s.color3 = {unit(random), unit(random), unit(random), 0.05f + 0.5f * unit(random)};
    layout.ribbons.push_back({static_cast<ElementKey>(i + 1), s});
    layout.ribbon_meanings.push_back({});
  }
  return layout;
}

/// A heat map of 1024² values in a corner and 120 words, as on a full stage.
inline void add_heat_map_and_labels(Layout& layout, FontLibrary& fonts) {
  std::mt19937 random(7);
  std::uniform_real_distribution<float> unit(0, 1);
  auto values = std::make_shared<MatrixValues>();
  values->id = 1;
  values->rows = values->cols = 1024;
  for (int i = 0; i < 1024 * 1024; ++i) values->values.push_back(unit(random) * unit(random));
  layout.images.push_back({900'001, ImageState{{960, 400, 300, 300}, 1, {}}});
  layout.image_values.push_back(values);
  const GlyphRunPtr run = fonts.shape("attention", FontRole::Mono);
  for (int i = 0; i < 120; ++i) {
    const Vec2 origin{10.0f + static_cast<float>(i % 8) * 155, 20.0f + static_cast<float>(i / 8) * 47};
    layout.labels.push_back({static_cast<ElementKey>(800'000 + i), LabelState{origin, 13, rgb(0xE7ECF5)}});
    layout.label_runs.push_back(run);
  }
}

/// The product's own picture: two heads of a real model on a sentence of about 61 tokens, every connection
/// shown.
///   query  the step; -1: all rows alike
inline Layout document_layout(const AttentionTrace& trace, ViewKind kind, int query, FontLibrary& fonts) {
  Document document;
  document.text = trace.text;
  document.selection.heads = {{1, 2}, {2, 5}};
  if (query >= 0) document.selection.query = query;
  document.view.kind = kind;
  document.view.cumulative_mass = 1;
  Stage stage;
  stage.fonts = &fonts;
  return build_layout(document, trace, stage);
}

}  // namespace headscope
