#include "scene/explain.h"
#include "scene/layout_fixture.h"
#include "scene/morph.h"
#include "scene/picking.h"

/// Pictures in which other tokens are looked at than look, and in which nothing lies in a future.
namespace headscope {
namespace {

using testing::cross_trace;

const std::vector<std::string> kTarget = {"<s>", "der", " Hund", " schlief"};
const std::vector<std::string> kSource = {"the", " big", " dog", " slept", " all", " day", "</s>"};

Layout cross_layout(ViewKind kind, std::optional<int> query = {}, int n_heads = 1) {
  Document d = document(kind);
  d.selection.query = query;
  d.view.cumulative_mass = 1;
  d.selection.heads.clear();
  for (int head = 0; head < n_heads; ++head) d.selection.heads.push_back({0, head});
  return build_layout(d, cross_trace(kTarget, kSource, 1, n_heads), stage());
}

TEST(TwoTexts, every_view_holds_both_sides) {
  for (const ViewKind kind : kViews)
    for (const int n_heads : {1, 3, 12})
      for (const auto& [n_queries, n_keys] :
           {std::pair{1, 1}, {1, 30}, {30, 1}, {4, 7}, {90, 200}, {300, 20}})
        for (const std::optional<int> query : {std::optional<int>(), std::optional<int>(n_queries / 2)}) {
          Document d = document(kind);
          d.selection.query = query;
          d.selection.heads.clear();
          for (int head = 0; head < n_heads; ++head) d.selection.heads.push_back({0, head});
          const Layout l =
              build_layout(d, cross_trace(some_words(n_queries), some_words(n_keys), 1, n_heads), stage());
          const std::string what = std::string(name(kind)) + " " + std::to_string(n_queries) + "×" +
                                   std::to_string(n_keys) + ", " + std::to_string(n_heads) + " heads";
          expect_consistent(l, what);
          expect_within(l, what);
          expect_no_overlapping_labels(l, what);
        }
}

TEST(TwoTexts, every_token_of_both_sides_has_its_text) {
  for (const ViewKind kind : kViews) {
    const std::set<std::string> texts = label_texts(cross_layout(kind));
    for (const auto* side : {&kTarget, &kSource})
      for (const std::string& token : *side)
        EXPECT_TRUE(texts.contains(token[0] == ' ' ? token.substr(1) : token)) << name(kind) << token;
  }
}

TEST(TwoTexts, every_query_looks_at_every_key) {
  for (const ViewKind kind : kViews) {
    const Layout l = cross_layout(kind);
    std::set<std::pair<int, int>> pairs;
    for (const Meaning& m : l.ribbon_meanings)
      if (m.kind != Meaning::Kind::None && m.weight > 0) pairs.insert({m.query, m.key});
    EXPECT_EQ(pairs.size(), kTarget.size() * kSource.size()) << name(kind);
    EXPECT_NE(l.readout.find("28 of 28"), std::string::npos) << l.readout;
  }
}

TEST(TwoTexts, a_step_fades_nothing_as_if_it_were_the_future) {
  const auto faintest = [](const Layout& l) {
    float least = 1;
    for (std::size_t i = 0; i < l.labels.size(); ++i) least = std::min(least, l.labels[i].state.color.a);
    return least;
  };
  for (const ViewKind kind : kViews) {
    EXPECT_EQ(faintest(cross_layout(kind, 1)), faintest(cross_layout(kind, 3))) << name(kind);
    // Every row is there, the others only dimmed.
    const Layout l = cross_layout(kind, 1);
    std::set<int> queries;
    for (const Meaning& m : l.ribbon_meanings)
      if (m.weight > 0) queries.insert(m.query);
    EXPECT_EQ(queries.size(), kTarget.size()) << name(kind);
  }
  // An encoder's words see each other, those that come later too.
  Document d = document(ViewKind::Columns);
  d.selection.query = 2;
  const Layout encoder = build_layout(d, random_trace(some_words(6), 1, 1, false), stage());
  const Layout decoder = build_layout(d, random_trace(some_words(6), 1, 1, true), stage());
  EXPECT_GT(faintest(encoder), faintest(decoder));
}

TEST(TwoTexts, arcs_stand_between_the_texts) {
  const Layout l = cross_layout(ViewKind::Arcs, 1);
  float lowest_key = 0, highest_query = 1e9f;
  for (std::size_t i = 0; i < l.boxes.size(); ++i) {
    const Meaning& m = l.box_meanings[i];
    if (m.kind != Meaning::Kind::Token) continue;
    const Rect& r = l.boxes[i].state.rect;
    if (m.query_side)
      highest_query = std::min(highest_query, r.y);
    else
      lowest_key = std::max(lowest_key, r.bottom());
  }
  EXPECT_GT(highest_query, lowest_key + 100);
  for (std::size_t i = 0; i < l.ribbons.size(); ++i) {
    if (l.ribbon_meanings[i].kind != Meaning::Kind::Edge) continue;
    EXPECT_NEAR(l.ribbons[i].state.p0.y, highest_query, 1);
    EXPECT_NEAR(l.ribbons[i].state.p3.y, lowest_key, 1);
  }
}

TEST(TwoTexts, the_matrix_has_a_row_for_each_query_and_a_column_for_each_key) {
  for (const std::size_t n : {std::size_t{7}, std::size_t{90}}) {  // cells, texture
    const LayoutPtr l = std::make_shared<const Layout>(
        build_layout(document(ViewKind::Matrix),
                     cross_trace(some_words(40), some_words(static_cast<int>(n)), 1, 1), stage()));
    std::set<std::pair<int, int>> found;
    for (float y = 2; y < 720; y += 3)
      for (float x = 2; x < 1280; x += 3)
        if (const Pick p = pick(*l, {x, y}); p.meaning.kind == Meaning::Kind::Cell)
          found.insert({p.meaning.query, p.meaning.key});
    EXPECT_EQ(found.size(), 40 * n);
  }
}

TEST(TwoTexts, picking_tells_the_sides_apart) {
  const Layout l = cross_layout(ViewKind::Columns);
  int queries = 0, keys = 0;
  for (std::size_t i = 0; i < l.boxes.size(); ++i) {
    if (l.box_meanings[i].kind != Meaning::Kind::Token) continue;
    const Meaning m = pick(l, l.boxes[i].state.rect.center()).meaning;
    (m.query_side ? queries : keys) += 1;
    EXPECT_EQ(m.query_side ? m.query : m.key, m.query_side ? queries - 1 : keys - 1);
  }
  EXPECT_EQ(queries, 4);
  EXPECT_EQ(keys, 7);
}

TEST(TwoTexts, words_keep_their_place_from_part_to_part) {
  AttentionTrace encoder = random_trace(kSource, 1, 1, false), decoder = random_trace(kTarget, 1, 1);
  encoder.part = AttentionPart::Encoder;
  decoder.part = AttentionPart::Decoder;
  const AttentionTrace cross = cross_trace(kTarget, kSource, 1, 1);
  const TraceIdentities first = follow_trace({}, encoder), second = follow_trace(first, cross),
                        third = follow_trace(second, decoder), again = follow_trace(third, encoder);
  EXPECT_EQ(second.keys, first.keys);
  EXPECT_EQ(third.queries, second.queries);
  EXPECT_EQ(again.queries, first.queries);
  for (const std::uint64_t id : second.queries)
    EXPECT_EQ(std::count(second.keys.begin(), second.keys.end(), id), 0) << "one number, two words";

  const auto layout_of = [](const AttentionTrace& trace, const TraceIdentities& ids) {
    Stage s = stage();
    s.identities = &ids;
    return std::make_shared<const Layout>(build_layout(document(ViewKind::Columns), trace, s));
  };
  const MorphPtr morph = make_morph(layout_of(encoder, first), layout_of(cross, second));
  int kept = 0;
  for (const TweenTag& tag : morph->box_tags) {
    if (tag.from < 0 || tag.to < 0) continue;
    const Meaning& m = morph->to->box_meanings[static_cast<std::size_t>(tag.to)];
    kept += m.kind == Meaning::Kind::Token && !m.query_side ? 1 : 0;
  }
  EXPECT_EQ(kept, static_cast<int>(kSource.size()));
}

TEST(TwoTexts, what_keys_get_is_what_queries_give) {
  const AttentionTrace trace = cross_trace(kTarget, kSource, 1, 1);
  float incoming = 0;
  for (int key = 0; key < trace.n_keys(); ++key) {
    const TokenNumbers n = explain_key(trace, {0, 0}, key);
    incoming += n.incoming_sum;
    EXPECT_EQ(n.n_looking, 4);
    EXPECT_EQ(explain_row(trace, {0, 0}, n.strongest_query)[static_cast<std::size_t>(key)],
              n.strongest_incoming);
  }
  EXPECT_NEAR(incoming, 4, 1e-4f);
  for (int query = 0; query < trace.n_tokens(); ++query) {
    const TokenNumbers n = explain_token(trace, {0, 0}, query);
    EXPECT_EQ(n.n_looking, 0) << "nobody looks at a token of the target";
    const std::vector<float> row = explain_row(trace, {0, 0}, query);
    EXPECT_EQ(n.strongest_weight, *std::max_element(row.begin(), row.end()));
  }
}

TEST(TwoTexts, special_tokens_are_empty_frames) {
  AttentionTrace trace = cross_trace(kTarget, kSource, 1, 1);
  trace.tokens[0].special = true;
  const Layout l = build_layout(document(ViewKind::Columns), trace, stage());
  for (std::size_t i = 0; i < l.boxes.size(); ++i) {
    const Meaning& m = l.box_meanings[i];
    if (m.kind != Meaning::Kind::Token || !m.query_side) continue;
    EXPECT_EQ(l.boxes[i].state.fill.a > 0, m.query != 0) << m.query;
    EXPECT_GT(l.boxes[i].state.stroke.a, 0);
  }
}

}  // namespace
}  // namespace headscope
