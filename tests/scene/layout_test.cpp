#include "scene/layout.h"

#include <cmath>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "scene/layout_builder.h"
#include "scene/palette.h"

namespace headscope {
namespace {

using testing::random_trace;
using testing::some_words;
using testing::trace_with;

FontLibrary& fonts() {
  static FontLibrary library;
  return library;
}
Stage stage(float width = 1280, float height = 720) {
  Stage s;
  s.width = width;
  s.height = height;
  s.fonts = &fonts();
  return s;
}
Document document(ViewKind kind) {
  Document d;
  d.view.kind = kind;
  return d;
}

constexpr ViewKind kViews[] = {ViewKind::Columns, ViewKind::Arcs, ViewKind::Horizontal, ViewKind::Matrix};
const char* name(ViewKind kind) {
  return kind == ViewKind::Columns  ? "columns"
         : kind == ViewKind::Arcs   ? "arcs"
         : kind == ViewKind::Matrix ? "matrix"
                                    : "horizontal";
}

std::set<std::string> label_texts(const Layout& layout) {
  std::set<std::string> texts;
  for (const GlyphRunPtr& run : layout.label_runs) texts.insert(run->text);
  return texts;
}

void expect_consistent(const Layout& l, const std::string& what) {
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

void expect_within(const Layout& l, const std::string& what) {
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

void expect_no_overlapping_labels(const Layout& l, const std::string& what) {
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

TEST(Layout, every_view_holds_any_number_of_tokens) {
  for (const int n : {1, 2, 3, 13, 30, 60, 120, 500}) {
    const AttentionTrace trace = random_trace(some_words(n), 2, 3);
    for (const ViewKind kind : kViews)
      for (const int query : {-1, 0, n / 2, n - 1})
        for (const bool present : {false, true})
          for (const bool many : {false, true}) {
            if (many && n > 120) continue;
            Document d = document(kind);
            if (query >= 0) d.selection.query = query;
            if (many) d.selection.heads = {{0, 1}, {1, 1}, {1, 2}};
            d.view.present = present;
            const Layout l = build_layout(d, trace, stage(present ? 1600 : 1032, present ? 900 : 740));
            std::ostringstream what;
            what << name(kind) << " of " << n << " at " << query << (present ? " presenting" : "")
                 << (many ? " 3 heads" : "");
            expect_consistent(l, what.str());
            expect_within(l, what.str());
            expect_no_overlapping_labels(l, what.str());
            if (HasFatalFailure()) return;
            EXPECT_FALSE(l.readout.empty()) << what.str();
          }
  }
}

TEST(Layout, every_token_has_its_text_while_there_is_room) {
  for (int n = 1; n <= 35; ++n) {
    Document d = document(ViewKind::Columns);
    d.selection.query = n / 2;
    const Layout l = build_layout(d, random_trace(some_words(n), 1, 1), stage(1032, 740));
    int pills = 0;
    for (const auto& box : l.boxes) pills += box.state.rect.height > 10 ? 1 : 0;
    EXPECT_EQ(pills, 2 * n) << n;
  }
}

TEST(Layout, small_and_odd_stages_are_survived) {
  const AttentionTrace trace = random_trace(some_words(20), 1, 2);
  for (const ViewKind kind : kViews)
    for (const Vec2 size : {Vec2{1, 1}, {40, 700}, {900, 30}, {320, 240}}) {
      Document d = document(kind);
      d.selection.query = 9;
      expect_consistent(build_layout(d, trace, stage(size.x, size.y)), name(kind));
    }
}

TEST(Layout, no_tokens_give_a_sentence) {
  for (const ViewKind kind : kViews) {
    const Layout l = build_layout(document(kind), AttentionTrace{}, stage());
    EXPECT_TRUE(l.ribbons.empty());
    ASSERT_EQ(l.labels.size(), 1u);
    EXPECT_EQ(l.label_runs[0]->text, "Type a sentence to see what its words look at.");
  }
}

TEST(Layout, a_layer_that_is_not_computed_says_so) {
  AttentionTrace trace = random_trace(some_words(4), 2, 2);
  trace.layers[1] = nullptr;
  Document d;
  d.selection.heads = {{1, 0}};
  EXPECT_EQ(build_layout(d, trace, stage()).label_runs.at(0)->text, "Layer 1, head 0 is being computed.");
  d.selection.heads = {{7, 0}};
  EXPECT_EQ(build_layout(d, trace, stage()).label_runs.at(0)->text,
            "Layer 7, head 0 does not exist: this model has 2 layers of 2 heads.");
}

TEST(Layout, equal_arguments_give_equal_layouts) {
  const AttentionTrace trace = random_trace(some_words(80), 1, 2);
  for (const ViewKind kind : kViews) {
    const Layout a = build_layout(document(kind), trace, stage()),
                 b = build_layout(document(kind), trace, stage());
    ASSERT_EQ(a.ribbons.size(), b.ribbons.size());
    for (std::size_t i = 0; i < a.ribbons.size(); ++i) {
      EXPECT_EQ(a.ribbons[i].key, b.ribbons[i].key);
      EXPECT_EQ(a.ribbons[i].state, b.ribbons[i].state);
    }
    for (std::size_t i = 0; i < a.images.size(); ++i) EXPECT_EQ(a.image_values[i]->id, b.image_values[i]->id);
  }
}

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

TEST(Layout, width_and_opacity_grow_with_weight) {
  const AttentionTrace trace = random_trace(some_words(12), 1, 1);
  const Layout l = build_layout(document(ViewKind::Columns), trace, stage());
  for (std::size_t a = 0; a < l.ribbons.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) {
      if (l.ribbon_meanings[a].kind != Meaning::Kind::Edge ||
          l.ribbon_meanings[b].kind != Meaning::Kind::Edge)
        continue;
      if (l.ribbon_meanings[a].weight < l.ribbon_meanings[b].weight) {
        EXPECT_LE(l.ribbons[a].state.width0, l.ribbons[b].state.width0);
        EXPECT_LE(l.ribbons[a].state.color0.a, l.ribbons[b].state.color0.a);
      }
    }
}

TEST(Layout, a_weight_looks_the_same_however_many_heads_are_shown) {
  const AttentionTrace trace = random_trace(some_words(10), 1, 6);
  for (const ViewKind kind : {ViewKind::Columns, ViewKind::Arcs, ViewKind::Horizontal}) {
    Document one = document(kind), six = document(kind);
    six.selection.heads = {{0, 0}, {0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}};
    const Layout a = build_layout(one, trace, stage()), b = build_layout(six, trace, stage());
    int compared = 0;
    for (std::size_t i = 0; i < a.ribbons.size(); ++i)
      for (std::size_t j = 0; j < b.ribbons.size(); ++j)
        if (a.ribbons[i].key == b.ribbons[j].key && a.ribbon_meanings[i].kind == Meaning::Kind::Edge) {
          ++compared;
          EXPECT_FLOAT_EQ(a.ribbons[i].state.width0, b.ribbons[j].state.width0);
          EXPECT_FLOAT_EQ(a.ribbons[i].state.color0.a, b.ribbons[j].state.color0.a);
        }
    EXPECT_GT(compared, 10);
  }
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

TEST(Layout, keys_follow_the_tokens_through_an_insertion) {
  const std::vector<std::string> before = {"the", " dog", " sat"}, after = {"the", " big", " dog", " sat"};
  const AttentionTrace a = random_trace(before, 1, 1), b = random_trace(after, 1, 1, true, 2);
  AttentionTrace b_ids = b;
  for (std::size_t i = 0; i < after.size(); ++i)
    b_ids.tokens[i].id = i == 1 ? 9 : static_cast<int>(i > 1 ? i - 1 : i);
  const TokenIdentities first = follow_tokens({}, a.tokens), second = follow_tokens(first, b_ids.tokens);
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

TEST(Layout, presenting_writes_its_title_from_the_data_and_no_type_below_24) {
  Document d = document(ViewKind::Arcs);
  d.view.present = true;
  d.selection.query = 9;
  const Layout l = build_layout(d, random_trace(some_words(13), 1, 1), stage(1600, 900));
  EXPECT_TRUE(label_texts(l).contains("What does “was” look back at?"));
  EXPECT_TRUE(label_texts(l).contains(
      "Layer 0, head 0 of fake. Thickness is weight; each arc ends at the token it reads."));
  for (const auto& label : l.labels) EXPECT_GE(label.state.size, 24);
  for (std::size_t i = 0; i < l.ribbons.size(); ++i) EXPECT_EQ(l.ribbon_meanings[i].query, 9);
  d.view.title = "Who was tired?";
  EXPECT_TRUE(label_texts(build_layout(d, random_trace(some_words(13), 1, 1), stage(1600, 900)))
                  .contains("Who was tired?"));
}

TEST(Layout, nothing_is_smaller_than_12_pixels) {
  for (const ViewKind kind : kViews)
    for (const int n : {5, 40, 300})
      for (const auto& label :
           build_layout(document(kind), random_trace(some_words(n), 1, 1), stage()).labels)
        EXPECT_GE(label.state.size, 12);
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
