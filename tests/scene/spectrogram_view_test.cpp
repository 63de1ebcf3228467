#include <algorithm>

#include "scene/layout_fixture.h"
#include "scene/morph.h"
#include "scene/picking.h"

namespace headscope {
namespace {

/// Words that listen to 20 positions of a sound, of which the last ones are silence.
AttentionTrace sound_trace(AttentionPart part, int n_words = 4, double seconds = 0.4, int n_positions = 20) {
  const bool cross = part == AttentionPart::Cross;
  const int n_queries = cross ? n_words : n_positions;
  std::vector<std::string> words;
  for (int i = 0; i < n_queries; ++i) words.push_back(cross ? " w" + std::to_string(i) : "");
  std::vector<Matrix> weights;
  for (int head = 0; head < 3; ++head) {
    Matrix w = Matrix::Constant(n_queries, n_positions, 0.2f / static_cast<float>(n_positions));
    for (int query = 0; query < n_queries; ++query) {
      w(query, (query * 3 + head) % n_positions) += 0.5f;
      w(query, (query * 3 + head + 1) % n_positions) += 0.3f;
    }
    weights.push_back(w);
  }
  AttentionTrace trace = trace_with(words, weights);
  trace.part = part;
  trace.causal = false;
  std::vector<TraceToken> positions(static_cast<std::size_t>(n_positions));
  for (int i = 0; i < n_positions; ++i)
    positions[static_cast<std::size_t>(i)].label = std::to_string(i * 2) + " cs";
  (cross ? trace.key_tokens : trace.tokens) = positions;
  auto sound = std::make_unique<TraceSound>();
  sound->spectrogram = Matrix::Random(8, 2 * n_positions);
  sound->seconds_per_column = 0.01;
  sound->columns_per_token = 2;
  sound->seconds = seconds;
  auto media = std::make_shared<TraceMedia>();
  media->sound = std::move(sound);
  trace.media = std::move(media);
  return trace;
}

Document listening(std::optional<int> query, std::vector<HeadRef> heads = {{0, 0}}) {
  Document d = document(ViewKind::Picture);
  d.selection.query = query;
  d.selection.heads = std::move(heads);
  return d;
}

std::vector<std::size_t> cells_of(const Layout& l) {
  std::vector<std::size_t> cells;
  for (std::size_t i = 0; i < l.ribbons.size(); ++i)
    if (l.ribbon_meanings[i].kind == Meaning::Kind::Token) cells.push_back(i);
  return cells;
}

TEST(SpectrogramView, keeps_to_what_every_view_keeps_to) {
  for (const AttentionPart part : {AttentionPart::Cross, AttentionPart::Encoder})
    for (const std::optional<int> query : {std::optional<int>(), std::optional(0), std::optional(3)})
      for (const double seconds : {0.4, 0.1})
        for (const float width : {1280.0f, 480.0f}) {
          const std::string what = "part " + std::to_string(static_cast<int>(part)) + ", query " +
                                   std::to_string(query.value_or(-1)) + ", " + std::to_string(width);
          const Layout l = build_layout(listening(query, {{0, 0}, {0, 2}}), sound_trace(part, 4, seconds),
                                        stage(width, 0.6f * width));
          expect_consistent(l, what);
          expect_within(l, what);
          expect_no_overlapping_labels(l, what);
        }
}

TEST(SpectrogramView, the_brightest_time_is_the_one_the_word_listens_to) {
  const AttentionTrace trace = sound_trace(AttentionPart::Cross);
  for (const int word : {0, 2}) {
    const Layout l = build_layout(listening(word), trace, stage());
    ASSERT_EQ(l.images.size(), 1u);
    const Rect& area = l.images[0].state.rect;
    const std::vector<std::size_t> cells = cells_of(l);
    ASSERT_EQ(cells.size(), 20u);
    const auto strongest = std::max_element(cells.begin(), cells.end(), [&](std::size_t a, std::size_t b) {
      return l.ribbon_meanings[a].weight < l.ribbon_meanings[b].weight;
    });
    EXPECT_EQ(l.ribbon_meanings[*strongest].key, word * 3);
    EXPECT_NEAR(l.ribbons[*strongest].state.p0.x, area.x + area.width * static_cast<float>(word * 3) / 20,
                0.1f);
  }
}

TEST(SpectrogramView, neighbouring_times_are_one_line) {
  Document d = listening(1);
  d.view.cumulative_mass = 0.75f;  // the two strong ones
  const Layout l = build_layout(d, sound_trace(AttentionPart::Cross), stage());
  int n_lines = 0;
  for (const Meaning& meaning : l.ribbon_meanings) n_lines += meaning.kind == Meaning::Kind::Edge;
  EXPECT_EQ(n_lines, 1);
  EXPECT_EQ(label_texts(l).count("0.82"), 1u) << "what the line stands for together";
}

TEST(SpectrogramView, silence_behind_the_sound_is_one_place) {
  const Layout l = build_layout(listening(0), sound_trace(AttentionPart::Cross, 4, 0.2), stage());
  EXPECT_EQ(cells_of(l).size(), 11u);  // ten positions of 0.02 s, and the rest
  EXPECT_EQ(label_texts(l).count("silence"), 1u);
  EXPECT_EQ(
      label_texts(build_layout(listening(0), sound_trace(AttentionPart::Cross), stage())).count("silence"),
      0u);
}

TEST(SpectrogramView, words_and_times_are_found_by_the_pointer) {
  const Layout l = build_layout(listening(1), sound_trace(AttentionPart::Cross), stage());
  const Rect& area = l.images[0].state.rect;
  const Pick time = pick(l, {area.x + area.width * 0.99f, area.y + 5}, 0);
  EXPECT_EQ(time.meaning.kind, Meaning::Kind::Token);
  EXPECT_EQ(time.meaning.key, 19);
  EXPECT_FALSE(time.meaning.query_side);
}

TEST(SpectrogramView, times_among_each_other_are_joined_by_arcs_above) {
  const Layout l = build_layout(listening(5), sound_trace(AttentionPart::Encoder), stage());
  const Rect& area = l.images[0].state.rect;
  int n_lines = 0;
  for (std::size_t i = 0; i < l.ribbons.size(); ++i) {
    if (l.ribbon_meanings[i].kind != Meaning::Kind::Edge) continue;
    ++n_lines;
    EXPECT_LT(l.ribbons[i].state.p0.y, area.y);
    EXPECT_LT(l.ribbons[i].state.p1.y, l.ribbons[i].state.p0.y);
  }
  EXPECT_GT(n_lines, 0);
}

TEST(SpectrogramView, words_among_each_other_are_shown_in_columns) {
  AttentionTrace trace = sound_trace(AttentionPart::Encoder);
  trace.part = AttentionPart::Decoder;
  EXPECT_TRUE(build_layout(listening(1), trace, stage()).images.empty());
}

TEST(SpectrogramView, cells_glide_from_word_to_word) {
  const AttentionTrace trace = sound_trace(AttentionPart::Cross);
  const auto a = std::make_shared<const Layout>(build_layout(listening(0), trace, stage())),
             b = std::make_shared<const Layout>(build_layout(listening(3), trace, stage()));
  const MorphPtr morph = make_morph(a, b);
  for (const TweenTag& tag : morph->ribbon_tags)
    if (tag.from >= 0 &&
        a->ribbon_meanings[static_cast<std::size_t>(tag.from)].kind == Meaning::Kind::Token) {
      EXPECT_GE(tag.to, 0);
    }
  EXPECT_GE(morph->image_tags[0].from, 0);
}

}  // namespace
}  // namespace headscope
