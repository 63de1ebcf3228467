#include "scene/picking.h"

#include <random>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "scene/layout.h"
#include "scene/morph.h"

namespace headscope {
namespace {

using testing::random_trace;
using testing::some_words;

LayoutPtr layout_of(ViewKind kind, int n, int query) {
  static FontLibrary library;
  Document d;
  d.view.kind = kind;
  if (query >= 0) d.selection.query = query;
  Stage stage;
  stage.fonts = &library;
  return std::make_shared<const Layout>(build_layout(d, random_trace(some_words(n), 1, 1), stage));
}

Vec2 middle(const RibbonState& r) {
  return 0.125f * (r.p0 + r.p3) + 0.375f * (r.p1 + r.p2);
}

TEST(Picking, the_middle_of_the_widest_lit_line_is_that_line) {
  for (const ViewKind kind : {ViewKind::Columns, ViewKind::Arcs, ViewKind::Horizontal}) {
    const LayoutPtr l = layout_of(kind, 13, 12);
    const Picker picker(l);
    int found = 0, edges = 0;
    for (std::size_t i = 0; i < l->ribbons.size(); ++i) {
      if (l->ribbon_meanings[i].kind != Meaning::Kind::Edge) continue;
      ++edges;
      const Pick pick = picker.pick(middle(l->ribbons[i].state), 0);
      EXPECT_TRUE(pick);
      found += pick.key == l->ribbons[i].key ? 1 : 0;
    }
    EXPECT_GE(3 * found, edges) << "lines cross, but most middles are their own";
  }
}

TEST(Picking, a_token_lies_above_the_lines) {
  const LayoutPtr l = layout_of(ViewKind::Columns, 5, 3);
  const Picker picker(l);
  for (std::size_t i = 0; i < l->boxes.size(); ++i) {
    if (l->box_meanings[i].kind != Meaning::Kind::Token) continue;
    const Pick pick = picker.pick(l->boxes[i].state.rect.center());
    EXPECT_EQ(pick.key, l->boxes[i].key);
    EXPECT_EQ(pick.meaning.kind, Meaning::Kind::Token);
  }
}

TEST(Picking, every_cell_of_a_matrix_is_found) {
  for (const int n : {6, 90}) {  // cells, texture
    const LayoutPtr l = layout_of(ViewKind::Matrix, n, -1);
    const Picker picker(l);
    Rect area = l->images.empty() ? Rect{} : l->images[0].state.rect;
    if (l->images.empty()) {
      for (std::size_t i = 0; i < l->ribbons.size(); ++i) {
        if (l->ribbon_meanings[i].kind != Meaning::Kind::Cell) continue;
        const Pick pick = picker.pick(middle(l->ribbons[i].state), 0);
        EXPECT_EQ(pick.meaning.query, l->ribbon_meanings[i].query);
        EXPECT_EQ(pick.meaning.key, l->ribbon_meanings[i].key);
      }
      continue;
    }
    for (const int row : {0, 7, n - 1})
      for (const int column : {0, 5, n - 1}) {
        const float cell = area.width / static_cast<float>(n);
        const Pick pick = picker.pick({area.x + cell * (static_cast<float>(column) + 0.5f),
                                       area.y + cell * (static_cast<float>(row) + 0.5f)});
        EXPECT_EQ(pick.meaning.query, row);
        EXPECT_EQ(pick.meaning.key, column);
        EXPECT_EQ(pick.meaning.kind, Meaning::Kind::Cell);
      }
  }
}

TEST(Picking, the_grid_answers_as_the_full_search_does) {
  for (const ViewKind kind : {ViewKind::Columns, ViewKind::Arcs, ViewKind::Horizontal, ViewKind::Matrix}) {
    const LayoutPtr l = layout_of(kind, 40, 30);
    const Picker picker(l);
    std::mt19937 generator(3);
    std::uniform_real_distribution<float> x(-20, 1300), y(-20, 740);
    for (int i = 0; i < 3000; ++i) {
      const Vec2 point{x(generator), y(generator)};
      if (!l->bounds.contains(point)) continue;
      EXPECT_EQ(picker.pick(point).key, pick(*l, point).key);
    }
  }
}

TEST(Picking, nothing_lies_in_an_empty_corner) {
  const LayoutPtr l = layout_of(ViewKind::Columns, 3, 1);
  EXPECT_FALSE(Picker(l).pick({1279, 360}));
  EXPECT_FALSE(Picker(l).pick({-500, 9000}));
}

TEST(Picking, a_moving_line_is_found_where_it_is) {
  const LayoutPtr a = layout_of(ViewKind::Columns, 3, 2), b = layout_of(ViewKind::Arcs, 3, 2);
  const MorphPtr morph = make_morph(a, b);
  const Layout now = evaluate(*morph, 0.5f);
  int found = 0;
  for (std::size_t i = 0; i < now.ribbons.size(); ++i)
    if (now.ribbon_meanings[i].kind == Meaning::Kind::Edge)
      found += pick(*morph, 0.5f, middle(now.ribbons[i].state)).key != 0 ? 1 : 0;
  EXPECT_GT(found, 2);
}

TEST(Picking, distance_to_a_straight_line_is_exact) {
  RibbonState r;
  r.p0 = {0, 0}, r.p1 = {10, 0}, r.p2 = {20, 0}, r.p3 = {30, 0};
  r.width0 = 2, r.width3 = 8;
  EXPECT_NEAR(distance_to_ribbon(r, {15, 4}).distance, 4, 1e-4f);
  EXPECT_NEAR(distance_to_ribbon(r, {15, 4}).width, 5, 0.05f);
  EXPECT_NEAR(distance_to_ribbon(r, {33, 4}).distance, 5, 1e-4f);
}

}  // namespace
}  // namespace headscope
