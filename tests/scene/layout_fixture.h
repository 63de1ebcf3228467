#pragma once

#include <cmath>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "scene/layout.h"
#include "scene/layout_builder.h"
#include "scene/palette.h"
#include "scene/test_fonts.h"

/// What the tests of layouts share: documents, stages, and what every layout must keep to.
namespace headscope {

using testing::random_trace;
using testing::some_words;
using testing::trace_with;

inline Stage stage(float width = 1280, float height = 720) {
  Stage s;
  s.width = width;
  s.height = height;
  s.fonts = &fonts();
  return s;
}
inline Document document(ViewKind kind) {
  Document d;
  d.view.kind = kind;
  return d;
}

inline constexpr ViewKind kViews[] = {ViewKind::Columns, ViewKind::Arcs, ViewKind::Horizontal,
                                      ViewKind::Matrix};
inline const char* name(ViewKind kind) {
  return kind == ViewKind::Columns  ? "columns"
         : kind == ViewKind::Arcs   ? "arcs"
         : kind == ViewKind::Matrix ? "matrix"
                                    : "horizontal";
}

inline std::set<std::string> label_texts(const Layout& layout) {
  std::set<std::string> texts;
  for (const GlyphRunPtr& run : layout.label_runs) texts.insert(run->text);
  return texts;
}

inline void expect_consistent(const Layout& l, const std::string& what) {
  ASSERT_EQ(l.ribbons.size(), l.ribbon_meanings.size()) << what;
  ASSERT_EQ(l.ribbons.size(), l.ribbon_kin.size()) << what;
  ASSERT_EQ(l.boxes.size(), l.box_meanings.size()) << what;
  ASSERT_EQ(l.labels.size(), l.label_runs.size()) << what;
  ASSERT_EQ(l.images.size(), l.image_values.size()) << what;
  std::set<ElementKey> keys;
  const auto unique = [&](const auto& elements) {
    keys.clear();
    for (const auto& e : elements)
      EXPECT_TRUE(e.key != 0 && keys.insert(e.key).second) << what << ": a key twice";
  };
  unique(l.ribbons);
  unique(l.boxes);
  unique(l.labels);
  unique(l.images);
  for (const auto& r : l.ribbons)
    for (const float v : {r.state.p0.x, r.state.p0.y, r.state.p1.y, r.state.p3.x, r.state.p3.y,
                          r.state.width0, r.state.width3, r.state.color0.a})
      ASSERT_TRUE(std::isfinite(v)) << what;
}

inline void expect_within(const Layout& l, const std::string& what) {
  const float slack = 1;
  for (const auto& r : l.ribbons)
    for (const Vec2 p : {r.state.p0, r.state.p3}) {
      EXPECT_GE(p.x, -slack) << what;
      EXPECT_GE(p.y, -slack) << what;
      EXPECT_LE(p.x, l.bounds.right() + slack) << what;
      EXPECT_LE(p.y, l.bounds.bottom() + slack) << what;
    }
  for (const auto& b : l.boxes) {
    EXPECT_GE(b.state.rect.x, -slack) << what;
    EXPECT_GE(b.state.rect.y, -slack) << what;
    EXPECT_LE(b.state.rect.right(), l.bounds.right() + slack) << what;
    EXPECT_LE(b.state.rect.bottom(), l.bounds.bottom() + slack) << what;
  }
}

inline void expect_no_overlapping_labels(const Layout& l, const std::string& what) {
  std::vector<Rect> rects;
  for (std::size_t i = 0; i < l.labels.size(); ++i) {
    Rect r = label_rect(l.labels[i].state, *l.label_runs[i]);
    r.x += 0.5f, r.y += 0.5f, r.width -= 1, r.height -= 1;  // rounding
    for (std::size_t j = 0; j < rects.size(); ++j)
      ASSERT_FALSE(overlap(r, rects[j]))
          << what << ": '" << l.label_runs[i]->text << "' on '" << l.label_runs[j]->text << "'";
    rects.push_back(r);
  }
}

}  // namespace headscope
