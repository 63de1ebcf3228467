#include "scene/layout_fixture.h"

namespace headscope {
namespace {

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

TEST(Layout, what_is_hidden_is_said_at_every_width) {
  const AttentionTrace trace = random_trace(some_words(20), 1, 2);
  for (const bool renormalized : {false, true})
    for (float width = 200; width <= 1100; width += 60) {
      Document d = document(ViewKind::Columns);
      d.view.hide_first_token = d.view.renormalize = renormalized;
      const Layout l = build_layout(d, trace, stage(width, 500));
      std::string said;
      Rect box;
      bool legend = false;
      for (std::size_t i = 0; i < l.labels.size(); ++i) {
        const std::string& text = l.label_runs[i]->text;
        legend = legend || text == "1";
        if (text.find(" of ") == std::string::npos) continue;
        said = text;
        box = {l.labels[i].state.origin.x, 0, l.label_runs[i]->width * l.labels[i].state.size, 0};
      }
      EXPECT_FALSE(said.empty()) << width;
      EXPECT_TRUE(box.x >= 0 && box.right() <= width) << said << " at " << width;
      if (!renormalized) {
        EXPECT_NE(said.find(" %"), std::string::npos) << said << " at " << width;
      }
      if (width > 480) {
        EXPECT_TRUE(legend) << width;
      }
      expect_no_overlapping_labels(l, std::to_string(width));
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

}  // namespace
}  // namespace headscope
