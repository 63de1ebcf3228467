#include <algorithm>
#include <cstdlib>

#include "scene/layout_fixture.h"

namespace headscope {
namespace {

TEST(Layout, two_words_in_columns_golden) {
  Matrix w(2, 2);
  w << 1, 0, 0.75f, 0.25f;
  Document d = document(ViewKind::Columns);
  d.selection.query = 1;
  d.view.cumulative_mass = 1;
  const Layout l = build_layout(d, trace_with({"dog", " sat"}, {w}), stage(800, 400));
  std::ostringstream text;
  for (std::size_t i = 0; i < l.ribbons.size(); ++i) {
    const Meaning& m = l.ribbon_meanings[i];
    const RibbonState& r = l.ribbons[i].state;
    if (m.kind != Meaning::Kind::Edge) continue;
    text << "edge " << m.query << "→" << m.key << " weight " << m.weight << " width " << r.width0 << " from "
         << std::lround(r.p0.x) << "," << std::lround(r.p0.y) << " to " << std::lround(r.p3.x) << ","
         << std::lround(r.p3.y) << (l.ribbons[i].layer == 1 ? " lit" : "") << "\n";
  }
  for (std::size_t i = 0; i < l.boxes.size(); ++i) {
    const Meaning& m = l.box_meanings[i];
    const Rect& r = l.boxes[i].state.rect;
    if (m.kind != Meaning::Kind::Token) continue;
    text << (m.query_side ? "query " : "key ") << std::max(m.query, m.key) << " at " << std::lround(r.x)
         << "," << std::lround(r.y) << " " << std::lround(r.width) << "×" << std::lround(r.height) << "\n";
  }
  for (std::size_t i = 0; i < l.labels.size(); ++i) text << "'" << l.label_runs[i]->text << "' ";
  text << "\n" << l.readout << "\n";
  EXPECT_EQ(text.str(),
            "edge 0→0 weight 1 width 20 from 195,81 to 605,81\n"
            "edge 1→0 weight 0.75 width 15 from 195,137 to 605,81 lit\n"
            "edge 1→1 weight 0.25 width 5 from 195,137 to 605,137 lit\n"
            "query 0 at 136,65 53×32\n"
            "query 1 at 136,121 53×32\n"
            "key 0 at 611,65 53×32\n"
            "key 1 at 611,121 53×32\n"
            "'layer 0 · head 0' 'dog' 'sat' 'dog' 'sat' 'query · looks from' 'key · looks at' '0.75' '0.25' "
            "'weight' '0.05' '0.25' '0.5' '1' '3 of 3 connections, 100 % of the weight' \n"
            "3 of 3 connections, 100 % of the weight\n");
}

TEST(Layout, strands_between_the_same_tokens_lie_side_by_side) {
  Matrix w = Matrix::Zero(2, 2);
  w << 1, 0, 0.5f, 0.5f;
  Document d = document(ViewKind::Columns);
  d.selection.heads = {{0, 0}, {0, 1}, {0, 2}};
  const Layout l = build_layout(d, trace_with({"a", " b"}, {0.3f * w, 0.3f * w, 0.3f * w}), stage());
  std::vector<const RibbonState*> parallel;
  for (std::size_t i = 0; i < l.ribbons.size(); ++i)
    if (l.ribbon_meanings[i].kind == Meaning::Kind::Edge && l.ribbon_meanings[i].query == 1 &&
        l.ribbon_meanings[i].key == 0)
      parallel.push_back(&l.ribbons[i].state);
  ASSERT_EQ(parallel.size(), 3u);
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_GE(parallel[i]->p3.y - parallel[i - 1]->p3.y, parallel[i]->width3);
    EXPECT_GE(parallel[i]->p0.y - parallel[i - 1]->p0.y, parallel[i]->width0);
  }
}

TEST(Layout, strands_between_the_same_tokens_are_nested_arcs) {
  Matrix w = Matrix::Zero(2, 2);
  w << 1, 0, 0.5f, 0.5f;
  Document d = document(ViewKind::Arcs);
  d.selection.heads = {{0, 0}, {0, 1}, {0, 2}};
  const Layout l = build_layout(d, trace_with({"a", " b"}, {0.3f * w, 0.3f * w, 0.3f * w}), stage());
  std::vector<const RibbonState*> nested;
  for (std::size_t i = 0; i < l.ribbons.size(); ++i)
    if (l.ribbon_meanings[i].query == 1 && l.ribbon_meanings[i].key == 0)
      nested.push_back(&l.ribbons[i].state);
  ASSERT_EQ(nested.size(), 3u);
  const auto top = [](const RibbonState& r) { return 0.25f * r.p0.y + 0.75f * r.p1.y; };
  for (std::size_t i = 1; i < 3; ++i) {
    EXPECT_GE(top(*nested[i - 1]) - top(*nested[i]), nested[i]->width0);
    EXPECT_GE(nested[i]->p0.x - nested[i - 1]->p0.x, nested[i]->width0);
    EXPECT_GE(nested[i - 1]->p3.x - nested[i]->p3.x, nested[i]->width0);
  }
}

Vec2 on_arc(const RibbonState& r, float u) {
  const float v = 1 - u;
  return (v * v * v) * r.p0 + (3 * v * v * u) * r.p1 + (3 * v * u * u) * r.p2 + (u * u * u) * r.p3;
}

TEST(Layout, a_weight_beside_an_arc_stands_on_none_of_those_that_are_lit) {
  int n_beside = 0;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    const AttentionTrace trace = random_trace(some_words(14), 1, 3, true, seed);
    for (const bool present : {false, true}) {
      Document d = document(ViewKind::Arcs);
      d.view.present = present;
      d.selection.heads = {{0, 0}, {0, 1}, {0, 2}};
      d.selection.query = 5 + static_cast<int>(seed) % 8;
      const Layout l = build_layout(d, trace, stage());
      for (std::size_t i = 0; i < l.labels.size(); ++i) {
        if (!l.label_runs[i]->text.ends_with("%")) continue;
        Rect box = label_rect(l.labels[i].state, *l.label_runs[i]);
        const float trim = 0.2f * l.labels[i].state.size;  // no digit goes below the line
        box.height -= trim;
        ++n_beside;
        for (std::size_t k = 0; k < l.ribbons.size(); ++k) {
          const Meaning& meaning = l.ribbon_meanings[k];
          const RibbonState& r = l.ribbons[k].state;
          if (meaning.kind != Meaning::Kind::Edge || meaning.query != *d.selection.query) continue;
          if (meaning.weight < 0.03f) continue;
          for (int s = 0; s <= 400; ++s) {
            const Vec2 p = on_arc(r, static_cast<float>(s) / 400);
            const float half = r.width0 / 2 - 0.5f;
            const Vec2 near{std::clamp(p.x, box.x, box.right()), std::clamp(p.y, box.y, box.bottom())};
            ASSERT_GT(length(p - near), half) << l.label_runs[i]->text << " on " << meaning.key << " of head "
                                              << meaning.head << ", seed " << seed;
          }
        }
      }
      expect_no_overlapping_labels(l, "arcs");
    }
  }
  EXPECT_GT(n_beside, 100);
}

TEST(Layout, a_strong_weight_is_always_written_beside_its_arc_or_below_its_key) {
  for (unsigned seed = 1; seed <= 12; ++seed) {
    const AttentionTrace trace = random_trace(some_words(14), 1, 2, true, seed);
    Document d = document(ViewKind::Arcs);
    d.selection.heads = {{0, 0}, {0, 1}};
    d.selection.query = 12;
    const Layout l = build_layout(d, trace, stage());
    int strong = 0, written = 0;
    for (std::size_t k = 0; k < l.ribbons.size(); ++k) {
      const Meaning& m = l.ribbon_meanings[k];
      strong += m.kind == Meaning::Kind::Edge && m.query == 12 && std::lround(100 * m.weight) >= 30 ? 1 : 0;
    }
    for (const GlyphRunPtr& run : l.label_runs)
      written += run->text.ends_with("%") && std::atoi(run->text.c_str()) >= 30 ? 1 : 0;
    EXPECT_EQ(written, strong) << seed;
  }
}

TEST(Layout, a_row_of_words_gets_smaller_and_tighter_before_it_loses_one) {
  const Layout l =
      build_layout(document(ViewKind::Horizontal), random_trace(some_words(13), 1, 1), stage(700, 500));
  int words = 0;
  for (const GlyphRunPtr& run : l.label_runs)
    words += run->text == "because" || run->text == "street" ? 1 : 0;
  EXPECT_EQ(words, 4) << "twice each: who looks, and at whom";
  EXPECT_EQ(label_texts(l).count("dog"), 1u);
}

TEST(Layout, captions_and_names_of_heads_stand_apart_on_every_stage) {
  const AttentionTrace trace = random_trace(some_words(13), 1, 8);
  for (const ViewKind kind : {ViewKind::Columns, ViewKind::Horizontal})
    for (const bool present : {false, true})
      for (const float width : {640.0f, 800.0f, 1280.0f, 1920.0f})
        for (int n_heads = 1; n_heads <= 8; ++n_heads) {
          Document d = document(kind);
          d.view.present = present;
          d.selection.heads.clear();
          for (int head = 0; head < n_heads; ++head) d.selection.heads.push_back({0, head});
          const Layout l = build_layout(d, trace, stage(width, 0.75f * width));
          expect_no_overlapping_labels(l, std::string(name(kind)) + " of " + std::to_string(n_heads) +
                                              " heads on " + std::to_string(width) +
                                              (present ? " presenting" : ""));
        }
}

TEST(Layout, keys_follow_the_tokens_through_an_insertion) {
  const std::vector<std::string> before = {"the", " dog", " sat"}, after = {"the", " big", " dog", " sat"};
  const AttentionTrace a = random_trace(before, 1, 1), b = random_trace(after, 1, 1, true, 2);
  AttentionTrace b_ids = b;
  for (std::size_t i = 0; i < after.size(); ++i)
    b_ids.tokens[i].id = i == 1 ? 9 : static_cast<int>(i > 1 ? i - 1 : i);
  const TraceIdentities first = follow_trace({}, a), second = follow_trace(first, b_ids);
  Document d = document(ViewKind::Columns);
  d.view.cumulative_mass = 1;
  Stage sa = stage(), sb = stage();
  sa.identities = &first;
  sb.identities = &second;
  const Layout la = build_layout(d, a, sa), lb = build_layout(d, b_ids, sb);
  const auto key_of = [](const Layout& l, int query, int key) {
    for (std::size_t i = 0; i < l.ribbons.size(); ++i)
      if (l.ribbon_meanings[i].kind == Meaning::Kind::Edge && l.ribbon_meanings[i].query == query &&
          l.ribbon_meanings[i].key == key)
        return l.ribbons[i].key;
    return ElementKey{0};
  };
  EXPECT_NE(key_of(la, 2, 1), 0u);
  EXPECT_EQ(key_of(la, 2, 1), key_of(lb, 3, 2)) << "sat → dog";
  EXPECT_EQ(key_of(la, 1, 0), key_of(lb, 2, 0)) << "dog → the";
  EXPECT_NE(key_of(la, 1, 0), key_of(lb, 1, 0)) << "big is new";
}

TEST(Layout, views_share_the_keys_of_edges_so_that_a_ribbon_becomes_its_cell) {
  const AttentionTrace trace = random_trace(some_words(12), 1, 1);
  Document lines = document(ViewKind::Columns);
  lines.view.cumulative_mass = 1;
  const Layout columns = build_layout(lines, trace, stage());
  const Layout matrix = build_layout(document(ViewKind::Matrix), trace, stage());
  std::set<ElementKey> cells;
  for (const auto& r : matrix.ribbons) cells.insert(r.key);
  for (std::size_t i = 0; i < columns.ribbons.size(); ++i)
    if (columns.ribbon_meanings[i].kind == Meaning::Kind::Edge) {
      EXPECT_TRUE(cells.contains(columns.ribbons[i].key));
    }
  for (std::size_t i = 0; i < matrix.ribbons.size(); ++i) {
    if (matrix.ribbon_meanings[i].kind != Meaning::Kind::Cell) continue;
    const RibbonState& r = matrix.ribbons[i].state;
    EXPECT_FLOAT_EQ(r.p0.y, r.p3.y);
    EXPECT_FLOAT_EQ(r.round_caps, 0);
    EXPECT_NEAR(r.p3.x - r.p0.x, r.width0, 1e-2f);
  }
}

TEST(Layout, a_large_matrix_is_a_texture_with_the_active_row_upon_it) {
  Document d = document(ViewKind::Matrix);
  d.selection.query = 200;
  const Layout l = build_layout(d, random_trace(some_words(300), 1, 1), stage());
  ASSERT_EQ(l.images.size(), 1u);
  EXPECT_EQ(l.image_values[0]->rows, 300);
  EXPECT_LT(l.image_values[0]->values[5 * 300 + 200], 0) << "the future is empty";
  EXPECT_EQ(l.readout, "20,301 of 20,301 connections, 100 % of the weight");
}

TEST(Layout, many_heads_become_small_multiples_with_names) {
  const AttentionTrace trace = random_trace(some_words(16), 3, 4);
  for (const ViewKind kind : kViews) {
    Document d = document(kind);
    d.selection.heads.clear();
    for (int layer = 0; layer < 3; ++layer)
      for (int head = 0; head < 4; ++head) d.selection.heads.push_back({layer, head});
    const Layout grid = build_layout(d, trace, stage());
    EXPECT_TRUE(label_texts(grid).contains("L2"));
    expect_no_overlapping_labels(grid, name(kind));
    d.selection.heads.erase(d.selection.heads.begin() + 5);
    const Layout loose = build_layout(d, trace, stage());
    EXPECT_TRUE(label_texts(loose).contains("2·3"));
    expect_within(loose, name(kind));
  }
}

TEST(Layout, a_right_to_left_sentence_runs_right_to_left_in_arcs) {
  const Layout l = build_layout(document(ViewKind::Arcs), random_trace({"שלום", " עולם"}, 1, 1), stage());
  std::vector<float> x(2);
  for (std::size_t i = 0; i < l.boxes.size(); ++i)
    if (l.box_meanings[i].kind == Meaning::Kind::Token)
      x[static_cast<std::size_t>(l.box_meanings[i].query)] = l.boxes[i].state.rect.x;
  EXPECT_GT(x[0], x[1]);
}

TEST(Layout, tokens_beyond_the_shown_lines_are_counted) {
  Document d = document(ViewKind::Arcs);
  d.selection.query = 450;
  const Layout l = build_layout(d, random_trace(some_words(500), 1, 1), stage(800, 500));
  bool noted = false;
  for (const std::string& text : label_texts(l)) noted = noted || text.starts_with("↑ ");
  EXPECT_TRUE(noted);
}

}  // namespace
}  // namespace headscope
