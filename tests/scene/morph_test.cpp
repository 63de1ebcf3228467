#include "scene/morph.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "scene/layout.h"
#include "scene/test_fonts.h"

namespace headscope {
namespace {

using testing::random_trace;
using testing::some_words;

LayoutPtr layout_of(const Document& document, const AttentionTrace& trace,
                    const TraceIdentities* ids = nullptr) {
  Stage stage;
  stage.fonts = &fonts();
  stage.identities = ids;
  return std::make_shared<const Layout>(build_layout(document, trace, stage));
}

LayoutPtr layout_of_kind(ViewKind kind, const AttentionTrace& trace, HeadRef head = {0, 0}) {
  Document d;
  d.view.kind = kind;
  d.selection.heads = {head};
  return layout_of(d, trace);
}

std::map<ElementKey, RibbonState> ribbons(const Layout& l) {
  std::map<ElementKey, RibbonState> by_key;
  for (const auto& r : l.ribbons) by_key[r.key] = r.state;
  return by_key;
}

void expect_same(const Layout& a, const Layout& b) {
  ASSERT_EQ(a.ribbons.size(), b.ribbons.size());
  for (std::size_t i = 0; i < a.ribbons.size(); ++i) {
    EXPECT_EQ(a.ribbons[i].key, b.ribbons[i].key);
    EXPECT_EQ(a.ribbons[i].state, b.ribbons[i].state);
  }
  ASSERT_EQ(a.boxes.size(), b.boxes.size());
  for (std::size_t i = 0; i < a.boxes.size(); ++i) EXPECT_EQ(a.boxes[i].state, b.boxes[i].state);
  ASSERT_EQ(a.labels.size(), b.labels.size());
  for (std::size_t i = 0; i < a.labels.size(); ++i) EXPECT_EQ(a.labels[i].state, b.labels[i].state);
  EXPECT_EQ(a.readout, b.readout);
}

TEST(Morph, begins_and_ends_exactly_at_its_layouts) {
  const AttentionTrace trace = random_trace(some_words(13), 2, 2);
  for (const ViewKind from : {ViewKind::Columns, ViewKind::Arcs, ViewKind::Matrix})
    for (const ViewKind to : {ViewKind::Horizontal, ViewKind::Matrix, ViewKind::Columns}) {
      const LayoutPtr a = layout_of_kind(from, trace), b = layout_of_kind(to, trace, {1, 1});
      const MorphPtr morph = make_morph(a, b, {.stagger = 0.3f});
      expect_same(evaluate(*morph, 0), *a);
      expect_same(evaluate(*morph, 1), *b);
      expect_same(evaluate(*still(a), 0.5f), *a);
    }
}

TEST(Morph, tweens_and_tags_and_texts_are_parallel) {
  const AttentionTrace trace = random_trace(some_words(9), 2, 2);
  const MorphPtr m =
      make_morph(layout_of_kind(ViewKind::Columns, trace), layout_of_kind(ViewKind::Arcs, trace, {1, 0}));
  EXPECT_EQ(m->ribbons.size(), m->ribbon_tags.size());
  EXPECT_EQ(m->boxes.size(), m->box_tags.size());
  EXPECT_EQ(m->labels.size(), m->label_tags.size());
  EXPECT_EQ(m->labels.size(), m->label_runs.size());
  EXPECT_EQ(m->images.size(), m->image_values.size());
  for (std::size_t i = 1; i < m->ribbon_tags.size(); ++i)
    EXPECT_LE(m->ribbon_tags[i - 1].layer, m->ribbon_tags[i].layer);
  for (const auto& t : m->ribbons) {
    EXPECT_GE(t.begin, 0);
    EXPECT_LE(t.end, 1.0001f);
    EXPECT_LT(t.begin, t.end);
  }
}

TEST(Morph, widths_go_from_old_to_new_without_turning_back) {
  const AttentionTrace before = random_trace(some_words(13), 1, 1, true, 1),
                       after = random_trace(some_words(13), 1, 1, true, 2);
  const MorphPtr morph = make_morph(layout_of_kind(ViewKind::Columns, before),
                                    layout_of_kind(ViewKind::Columns, after), {.stagger = 0.4f});
  for (const Tween<RibbonState>& tween : morph->ribbons) {
    const float direction = tween.to.width0 >= tween.from.width0 ? 1.0f : -1.0f;
    float last = tween.from.width0;
    for (int step = 0; step <= 20; ++step) {
      const float now = ribbon_at(tween, static_cast<float>(step) / 20).width0;
      EXPECT_GE(direction * (now - last), -1e-4f);
      last = now;
    }
    EXPECT_NEAR(last, tween.to.width0, 1e-4f);
  }
}

TEST(Morph, a_head_switch_moves_lines_rather_than_replacing_them) {
  const AttentionTrace trace = random_trace(some_words(13), 1, 2);
  Document d;
  d.view.cumulative_mass = 1;
  d.selection.heads = {{0, 0}};
  const LayoutPtr a = layout_of(d, trace);
  d.selection.heads = {{0, 1}};
  const MorphPtr morph = make_morph(a, layout_of(d, trace));
  for (const TweenTag& tag : morph->ribbon_tags) {
    EXPECT_GE(tag.from, 0);
    EXPECT_GE(tag.to, 0);
  }
}

TEST(Morph, adding_a_head_leaves_the_others_where_their_keys_are) {
  const AttentionTrace trace = random_trace(some_words(8), 1, 3);
  Document d;
  d.selection.heads = {{0, 1}};
  const LayoutPtr a = layout_of(d, trace);
  d.selection.heads = {{0, 0}, {0, 1}};
  const LayoutPtr b = layout_of(d, trace);
  const MorphPtr morph = make_morph(a, b);
  for (const TweenTag& tag : morph->ribbon_tags) {
    if (tag.from < 0 || tag.to < 0) continue;
    const Meaning &x = a->ribbon_meanings[static_cast<std::size_t>(tag.from)],
                  &y = b->ribbon_meanings[static_cast<std::size_t>(tag.to)];
    EXPECT_EQ(x.head, y.head);
    EXPECT_EQ(x.key, y.key);
  }
}

TEST(Morph, what_has_no_partner_grows_from_or_fades_to_nothing) {
  const AttentionTrace trace = random_trace(some_words(6), 1, 1);
  Document d;
  d.view.cumulative_mass = 1;
  const LayoutPtr all = layout_of(d, trace);
  d.view.weight_threshold = 0.3f;
  const LayoutPtr few = layout_of(d, trace);
  int fading = 0, growing = 0;
  const MorphPtr down = make_morph(all, few), up = make_morph(few, all);
  for (std::size_t i = 0; i < down->ribbons.size(); ++i)
    if (down->ribbon_tags[i].to < 0) {
      ++fading;
      EXPECT_EQ(down->ribbons[i].to.width0, 0);
      EXPECT_EQ(down->ribbons[i].to.color3.a, 0);
      EXPECT_EQ(down->ribbons[i].to.p3, down->ribbons[i].from.p3) << "it fades where it lies";
    }
  for (std::size_t i = 0; i < up->ribbons.size(); ++i)
    if (up->ribbon_tags[i].from < 0) {
      ++growing;
      EXPECT_EQ(up->ribbons[i].from.width0, 0);
      EXPECT_EQ(up->ribbons[i].from.p3, up->ribbons[i].to.p3)
          << "its query had lines before: it widens where it lies";
    }
  EXPECT_GT(fading, 0);
  EXPECT_EQ(fading, growing);
}

TEST(Morph, the_lines_of_a_new_step_grow_out_of_their_query) {
  const AttentionTrace trace = random_trace(some_words(8), 1, 1);
  Document d;
  d.selection.query = 4;
  const LayoutPtr a = layout_of(d, trace);
  d.selection.query = 5;
  const LayoutPtr b = layout_of(d, trace);
  const MorphPtr morph = make_morph(a, b);
  int grown = 0;
  for (std::size_t i = 0; i < morph->ribbons.size(); ++i) {
    const TweenTag& tag = morph->ribbon_tags[i];
    if (tag.from >= 0 || b->ribbon_meanings[static_cast<std::size_t>(tag.to)].query != 5) continue;
    ++grown;
    EXPECT_EQ(morph->ribbons[i].from.p3, morph->ribbons[i].to.p0);
  }
  EXPECT_GT(grown, 0);
}

TEST(Morph, an_interrupted_transition_goes_on_from_where_it_is) {
  const AttentionTrace trace = random_trace(some_words(13), 1, 3);
  const LayoutPtr a = layout_of_kind(ViewKind::Columns, trace, {0, 0});
  const LayoutPtr b = layout_of_kind(ViewKind::Arcs, trace, {0, 1});
  const LayoutPtr c = layout_of_kind(ViewKind::Matrix, trace, {0, 2});
  const MorphPtr first = make_morph(a, b);
  for (const float t : {0.1f, 0.5f, 0.9f}) {
    const auto here = std::make_shared<const Layout>(evaluate(*first, t));
    const MorphPtr second = make_morph(here, c);
    const auto before = ribbons(*here), just_after = ribbons(evaluate(*second, 1e-3f));
    for (const auto& [key, state] : before) {
      const auto same = just_after.find(key);
      if (same == just_after.end()) continue;  // took the key of its new partner
      EXPECT_NEAR(same->second.p0.x, state.p0.x, 0.5f);
      EXPECT_NEAR(same->second.width0, state.width0, 0.1f);
    }
    std::size_t seen = 0;
    for (const TweenTag& tag : second->ribbon_tags) seen += tag.from >= 0 ? 1 : 0;
    EXPECT_EQ(seen, here->ribbons.size()) << "nothing on screen may vanish at once";
    expect_same(evaluate(*second, 1), *c);
  }
}

TEST(Morph, repeated_interruptions_do_not_pile_up_elements) {
  const AttentionTrace trace = random_trace(some_words(13), 1, 3);
  LayoutPtr now = layout_of_kind(ViewKind::Columns, trace);
  std::size_t largest = 0;
  for (int i = 0; i < 40; ++i) {
    const ViewKind kinds[] = {ViewKind::Arcs, ViewKind::Matrix, ViewKind::Columns};
    const MorphPtr morph = make_morph(now, layout_of_kind(kinds[i % 3], trace, {0, i % 3}));
    now = std::make_shared<const Layout>(evaluate(*morph, 0.5f));
    largest = std::max(largest, now->ribbons.size() + now->labels.size());
  }
  EXPECT_LT(largest, 5000u);
}

TEST(Morph, a_text_that_changes_fades_over) {
  const AttentionTrace before = random_trace({"the", " dog"}, 1, 1),
                       after = random_trace({"the", " cat"}, 1, 1);
  const MorphPtr morph =
      make_morph(layout_of_kind(ViewKind::Columns, before), layout_of_kind(ViewKind::Columns, after));
  int dogs = 0, cats = 0;
  for (std::size_t i = 0; i < morph->labels.size(); ++i) {
    if (morph->label_runs[i]->text == "dog") {
      ++dogs;
      EXPECT_LT(morph->label_tags[i].to, 0);
    }
    if (morph->label_runs[i]->text == "cat") {
      ++cats;
      EXPECT_LT(morph->label_tags[i].from, 0);
    }
  }
  EXPECT_EQ(dogs, 2);
  EXPECT_EQ(cats, 2);
}

TEST(Morph, two_captions_in_one_place_are_never_seen_together) {
  const AttentionTrace trace = random_trace({"the", " dog"}, 1, 1);
  Document one, two;
  one.caption = "A first line.\nIts second line.\nA third.";
  two.caption = "Another first line.";
  for (const bool back : {false, true}) {
    const LayoutPtr a = layout_of(back ? two : one, trace), b = layout_of(back ? one : two, trace);
    const MorphPtr morph = make_morph(a, b);
    const auto seen = [&](float t, const std::string& words) {
      const Layout now = evaluate(*morph, t);
      float alpha = 0;
      for (std::size_t i = 0; i < now.labels.size(); ++i)
        if (now.label_runs[i]->text.find(words) != std::string::npos)
          alpha = std::max(alpha, now.labels[i].state.color.a);
      return alpha;
    };
    const char* first[] = {"A first", "Its second", "A third"};
    EXPECT_EQ(seen(0, back ? "Another" : "A first"), 1);
    EXPECT_EQ(seen(1, back ? "A third" : "Another"), 1);
    EXPECT_GT(seen(0.25f, back ? "Another" : "Its second"), 0.2f);
    EXPECT_GT(seen(0.75f, back ? "Its second" : "Another"), 0.2f);
    for (float t = 0; t <= 1; t += 0.05f)
      for (const char* words : first)
        EXPECT_EQ(std::min(seen(t, words), seen(t, "Another")), 0) << words << " at " << t;
  }
}

TEST(Morph, weights_of_two_heads_are_never_written_over_each_other) {
  const AttentionTrace trace = random_trace({"the", " dog", " saw", " it"}, 1, 2);
  Document one, two;
  one.selection.heads = {{0, 0}}, two.selection.heads = {{0, 1}};
  one.selection.query = two.selection.query = 3;
  const MorphPtr morph = make_morph(layout_of(one, trace), layout_of(two, trace));
  const auto ink = [](const Layout& l, std::size_t i) {
    const LabelState& s = l.labels[i].state;
    const GlyphRun& run = *l.label_runs[i];
    return Rect{s.origin.x, s.origin.y - run.cap_height * s.size, run.width * s.size,
                run.cap_height * s.size};
  };
  for (const float t : {0.1f, 0.3f, 0.45f, 0.5f, 0.55f, 0.7f, 0.9f}) {
    const Layout now = evaluate(*morph, t);
    for (std::size_t i = 0; i < now.labels.size(); ++i)
      for (std::size_t j = 0; j < i; ++j) {
        if (now.label_runs[i]->text == now.label_runs[j]->text) continue;
        const Rect a = ink(now, i), b = ink(now, j);
        if (a.x >= b.right() || b.x >= a.right() || a.y >= b.bottom() || b.y >= a.bottom()) continue;
        EXPECT_EQ(std::min(now.labels[i].state.color.a, now.labels[j].state.color.a), 0)
            << now.label_runs[i]->text << " over " << now.label_runs[j]->text << " at " << t;
      }
  }
  const auto n_weights = std::count_if(morph->label_tags.begin(), morph->label_tags.end(),
                                       [](const TweenTag& tag) { return tag.from < 0 || tag.to < 0; });
  EXPECT_GT(n_weights, 2) << "nothing comes and goes";
}

TEST(Morph, an_inserted_word_moves_the_others_and_grows_its_own_lines) {
  const AttentionTrace before = random_trace({"the", " dog", " sat"}, 1, 1);
  AttentionTrace after = random_trace({"the", " big", " dog", " sat"}, 1, 1);
  after.tokens[1].id = 99, after.tokens[2].id = 1, after.tokens[3].id = 2;
  const TraceIdentities first = follow_trace({}, before), second = follow_trace(first, after);
  Document d;
  d.view.cumulative_mass = 1;
  const LayoutPtr a = layout_of(d, before, &first), b = layout_of(d, after, &second);
  const MorphPtr morph = make_morph(a, b);
  for (const TweenTag& tag : morph->ribbon_tags) {
    if (tag.to < 0) continue;
    const Meaning& m = b->ribbon_meanings[static_cast<std::size_t>(tag.to)];
    if (m.kind != Meaning::Kind::Edge) continue;
    EXPECT_EQ(tag.from < 0, m.query == 1 || m.key == 1) << m.query << "→" << m.key;
  }
}

TEST(Morph, stagger_follows_the_number_of_lit_edges) {
  const AttentionTrace trace = random_trace(some_words(20), 1, 1);
  Document d;
  d.selection.query = 15;
  const LayoutPtr l = layout_of(d, trace);
  EXPECT_GT(edge_stagger(*l, 0.8f), 0);
  EXPECT_LE(edge_stagger(*l, 0.8f), 0.4f);
  EXPECT_EQ(edge_stagger(*l, 0), 0);
}

}  // namespace
}  // namespace headscope
