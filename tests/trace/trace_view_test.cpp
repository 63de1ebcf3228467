#include "trace/trace_view.h"

#include <cmath>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "trace/temperature.h"

namespace headscope {
namespace {

using testing::cross_trace;
using testing::random_trace;
using testing::some_words;

/// Tokens that lie one behind the other in the text; those in <> were added by the model.
std::vector<TraceToken> tokens_of(const std::vector<std::string>& texts) {
  std::vector<TraceToken> tokens = testing::trace_of(texts).tokens;
  for (TraceToken& token : tokens) {
    if (!token.text.starts_with('<')) continue;
    token.special = true;
    token.label = std::exchange(token.text, "");
  }
  return tokens;
}

std::vector<std::string> words_of(const std::vector<std::string>& texts, bool leave_out_special = false) {
  const std::vector<TraceToken> tokens = tokens_of(texts);
  std::vector<std::string> words;
  for (const TokenRange& group : token_groups(tokens, true, leave_out_special)) {
    words.emplace_back();
    for (int i = group.begin; i < group.end; ++i) {
      const TraceToken& token = tokens[static_cast<std::size_t>(i)];
      words.back() += token.special ? token.label : token.text;
    }
  }
  return words;
}

using Words = std::vector<std::string>;

TEST(TraceView, words_end_at_spaces_signs_and_added_tokens) {
  EXPECT_EQ(words_of({"<s>", "un", "believ", "able", " dog", "s", ".", "</s>"}),
            (Words{"<s>", "unbelievable", " dogs", ".", "</s>"}));
  EXPECT_EQ(words_of({"a", " ", " b", "\n", "c"}), (Words{"a", " ", " b", "\n", "c"}));
  EXPECT_EQ(words_of({"do", "n", "'", "t", " 3", ".", "14"}), (Words{"don", "'", "t", " 3", ".", "14"}));
  EXPECT_EQ(words_of({"東", "京", "で"}), (Words{"東", "京", "で"})) << "written without spaces";
  EXPECT_EQ(words_of({"н", "ет", " ü", "ber"}), (Words{"нет", " über"}));
  EXPECT_EQ(words_of({"the", " ", "em", "er", " ", "(", "x"}), (Words{"the", " emer", " (", "x"}))
      << "a space by itself belongs to what is behind it";
  EXPECT_EQ(words_of({"<s>", "a", "<sep>", "b"}, true), (Words{"a", "b"})) << "never across a token left out";
}

TEST(TraceView, a_character_cut_into_bytes_is_one) {
  EXPECT_EQ(words_of({"\xF0\x9F", "\x98", "\x80", "!"}), (Words{"\xF0\x9F\x98\x80", "!"}));
}

TEST(TraceView, a_gap_between_ranges_is_a_space) {
  std::vector<TraceToken> tokens = tokens_of({"the", "dog", "gy"});
  tokens[1].begin += 1, tokens[1].end += 1, tokens[2].begin += 1, tokens[2].end += 1;
  EXPECT_EQ(token_groups(tokens, true, false), (std::vector<TokenRange>{{0, 1}, {1, 3}}));
}

TracePtr causal_trace() {
  AttentionTrace trace = random_trace({"", "un", "happ", "y", " dog", "s", "."}, 2, 2);
  trace.tokens[0].special = true;
  trace.next_tokens.resize(7);
  trace.next_tokens[3] = {{5, "x", 0.5f}};
  return std::make_shared<const AttentionTrace>(std::move(trace));
}

TEST(TraceView, nothing_chosen_is_the_trace_itself) {
  const TracePtr trace = causal_trace();
  EXPECT_EQ(viewed(trace, {}), trace);
  const auto plain = std::make_shared<const AttentionTrace>(random_trace({"a", " b"}, 1, 1));
  EXPECT_EQ(viewed(plain, {.merge_words = true, .leave_out_special = true}), plain) << "nothing to merge";
}

TEST(TraceView, merged_weights_are_sums_over_keys_and_means_over_queries) {
  const TracePtr trace = causal_trace(), words = viewed(trace, {.merge_words = true});
  ASSERT_EQ(words->n_tokens(), 4);
  EXPECT_EQ(words->tokens[1].text, "unhappy");
  ASSERT_EQ(words->next_tokens[1].size(), 1u) << "what comes after the last token of the word";
  const std::vector<TokenRange> groups = {{0, 1}, {1, 4}, {4, 6}, {6, 7}};
  EXPECT_EQ(words->groups, groups);
  for (int head = 0; head < 2; ++head) {
    const Matrix all = trace->layers[1]->weights(head), merged = words->layers[1]->weights(head);
    for (int query = 0; query < 4; ++query) {
      const TokenRange q = groups[static_cast<std::size_t>(query)];
      for (int key = 0; key < 4; ++key) {
        const TokenRange k = groups[static_cast<std::size_t>(key)];
        const float sum = all.block(q.begin, k.begin, q.size(), k.size()).sum();
        EXPECT_NEAR(merged(query, key), sum / static_cast<float>(q.size()), 1e-6f);
      }
      EXPECT_NEAR(merged.row(query).sum(), 1, 1e-5f);
      EXPECT_EQ(words->layers[1]->left_out(head, query).count, 0);
    }
  }
}

TEST(TraceView, what_is_left_out_is_told) {
  const TracePtr trace = causal_trace(), view = viewed(trace, {.leave_out_special = true});
  ASSERT_EQ(view->n_tokens(), 6);
  const Matrix all = trace->layers[0]->weights(1), left = view->layers[0]->weights(1);
  for (int query = 0; query < 6; ++query) {
    for (int key = 0; key < 6; ++key) EXPECT_EQ(left(query, key), all(query + 1, key + 1));
    EXPECT_NEAR(view->layers[0]->left_out(1, query).weight, all(query + 1, 0), 1e-6f);
    EXPECT_EQ(view->layers[0]->left_out(1, query).count, 1);
  }
}

TEST(TraceView, sizes_are_those_of_the_view) {
  const TracePtr trace = causal_trace();
  for (const bool merge : {false, true})
    for (const bool leave_out : {false, true}) {
      const TraceView view{.merge_words = merge, .leave_out_special = leave_out};
      EXPECT_EQ(view_sizes(trace, view).n_tokens, viewed(trace, view)->n_tokens());
      EXPECT_EQ(view_sizes(trace, view).n_keys, viewed(trace, view)->n_keys());
    }
}

TracePtr whole_trace() {
  AttentionTrace encoder = random_trace({"the", " dog", "s", ""}, 1, 2, false),
                 decoder = random_trace({"", "die"}, 2, 2);
  encoder.part = AttentionPart::Encoder;
  decoder.part = AttentionPart::Decoder;
  encoder.tokens[3].special = decoder.tokens[0].special = true;
  AttentionTrace cross = cross_trace({"", "die"}, {"the", " dog", "s", ""}, 2, 2);
  cross.tokens = decoder.tokens;
  cross.key_tokens = encoder.tokens;
  AttentionTrace whole = decoder;
  for (const AttentionTrace& part : {encoder, decoder, cross})
    whole.parts.push_back(std::make_shared<const AttentionTrace>(part));
  return std::make_shared<const AttentionTrace>(std::move(whole));
}

TEST(TraceView, parts_are_chosen_and_both_sides_are_grouped) {
  const TracePtr whole = whole_trace();
  EXPECT_EQ(viewed(whole, {.part = AttentionPart::Encoder}), whole->parts[0]);
  EXPECT_EQ(viewed(whole, {.part = AttentionPart::Cross}), whole->parts[2]);
  const TracePtr cross =
      viewed(whole, {.part = AttentionPart::Cross, .merge_words = true, .leave_out_special = true});
  ASSERT_EQ(cross->n_tokens(), 1);
  ASSERT_EQ(cross->n_keys(), 2);
  const Matrix all = whole->parts[2]->layers[1]->weights(0), words = cross->layers[1]->weights(0);
  EXPECT_NEAR(words(0, 0), all(1, 0), 1e-6f);
  EXPECT_NEAR(words(0, 1), all(1, 1) + all(1, 2), 1e-6f);
  EXPECT_NEAR(cross->layers[1]->left_out(0, 0).weight, all(1, 3), 1e-6f);
  // A temperature comes before the words.
  const TracePtr cold =
      viewed(whole, {.part = AttentionPart::Cross, .temperature = 0.5f, .merge_words = true});
  const Matrix sharp = at_temperature(whole->parts[2], 0.5f)->layers[1]->weights(0);
  EXPECT_NEAR(cold->layers[1]->weights(0)(1, 1), sharp(1, 1) + sharp(1, 2), 1e-6f);
}

TEST(TraceView, a_text_of_added_tokens_alone_stays) {
  AttentionTrace trace = random_trace({"", ""}, 1, 1);
  trace.tokens[0].special = trace.tokens[1].special = true;
  const auto only = std::make_shared<const AttentionTrace>(std::move(trace));
  EXPECT_EQ(viewed(only, {.leave_out_special = true}), only);
}

}  // namespace
}  // namespace headscope
