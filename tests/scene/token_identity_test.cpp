#include "scene/token_identity.h"

#include <set>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "scene/token_text.h"

namespace headscope {
namespace {

using Ids = std::vector<std::uint64_t>;

/// Tokens whose vocabulary id is that of their text, as a tokenizer gives them.
std::vector<TraceToken> tokens(const std::vector<std::string>& texts) {
  std::vector<TraceToken> out = testing::trace_of(texts).tokens;
  for (TraceToken& token : out) token.id = static_cast<int>(std::hash<std::string>()(token.text) & 0xFFFF);
  return out;
}
TokenIdentities first(const std::vector<std::string>& texts) {
  return follow_tokens({}, tokens(texts));
}

TEST(TokenIdentity, a_first_text_counts_from_one) {
  EXPECT_EQ(first({"a", "b", "c"}).ids, (Ids{1, 2, 3}));
}

TEST(TokenIdentity, an_inserted_word_shifts_the_rest) {
  const TokenIdentities after = follow_tokens(first({"a", "b", "c"}), tokens({"a", "new", "b", "c"}));
  EXPECT_EQ(after.ids, (Ids{1, 4, 2, 3}));
}

TEST(TokenIdentity, a_deleted_word_leaves_the_rest) {
  EXPECT_EQ(follow_tokens(first({"a", "b", "c", "d"}), tokens({"a", "d"})).ids, (Ids{1, 4}));
}

TEST(TokenIdentity, a_replaced_word_keeps_its_number) {
  EXPECT_EQ(follow_tokens(first({"a", "b", "c"}), tokens({"a", "x", "c"})).ids, (Ids{1, 2, 3}));
  EXPECT_EQ(follow_tokens(first({"a", "b", "c"}), tokens({"a", "x", "y", "c"})).ids, (Ids{1, 2, 4, 3}));
}

TEST(TokenIdentity, a_number_is_never_given_twice) {
  TokenIdentities now = first({"a", "b"});
  now = follow_tokens(now, tokens({"a"}));
  now = follow_tokens(now, tokens({"a", "b"}));
  EXPECT_EQ(now.ids, (Ids{1, 3}));
}

TEST(TokenIdentity, repeated_words_are_aligned_in_order) {
  const TokenIdentities before = first({"the", "dog", "saw", "the", "cat"});
  EXPECT_EQ(follow_tokens(before, tokens({"the", "big", "dog", "saw", "the", "cat"})).ids,
            (Ids{1, 6, 2, 3, 4, 5}));
  EXPECT_EQ(follow_tokens(before, tokens({"dog", "saw", "the", "cat"})).ids, (Ids{2, 3, 4, 5}));
}

TEST(TokenIdentity, edits_in_two_places_at_once_are_found) {
  const TokenIdentities before = first({"a", "b", "c", "d", "e", "f", "g"});
  EXPECT_EQ(follow_tokens(before, tokens({"a", "X", "b", "c", "d", "e", "g"})).ids,
            (Ids{1, 8, 2, 3, 4, 5, 7}));
}

TEST(TokenIdentity, any_edit_gives_unique_numbers_and_keeps_order) {
  std::mt19937 generator(7);
  TokenIdentities now;
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> texts;
    for (int i = static_cast<int>(generator() % 12); i > 0; --i)
      texts.push_back(std::string(1, "abcd"[generator() % 4]));
    now = follow_tokens(now, tokens(texts));
    EXPECT_EQ(now.ids.size(), texts.size());
    EXPECT_EQ(std::set<std::uint64_t>(now.ids.begin(), now.ids.end()).size(), texts.size());
  }
}

TEST(TokenIdentity, a_wholly_different_long_text_is_paired_by_position) {
  std::vector<std::string> a, b;
  for (int i = 0; i < 3000; ++i) a.push_back("a" + std::to_string(i)), b.push_back("b" + std::to_string(i));
  EXPECT_EQ(follow_tokens(first(a), tokens(b)).ids, first(a).ids);
}

TEST(TokenText, a_plain_space_between_words_is_not_drawn) {
  const auto texts = token_texts(testing::trace_of({"the", " dog", " ."}).tokens);
  EXPECT_EQ(texts[1].mark, "");
  EXPECT_EQ(texts[1].text, "dog");
}

TEST(TokenText, spaces_are_marked_where_they_tell_something) {
  const auto texts = token_texts(testing::trace_of({"un", "believ", "able", " dog"}).tokens);
  EXPECT_EQ(texts[1].mark, "");
  EXPECT_EQ(texts[3].mark, "·");
  EXPECT_EQ(texts[3].text, "dog");
}

TEST(TokenText, whitespace_is_visible) {
  const auto texts = token_texts(testing::trace_of({"a", "  b", "\n", "\t", " "}).tokens);
  EXPECT_EQ(texts[1].text, "··b");
  EXPECT_EQ(texts[2].text, "⏎");
  EXPECT_EQ(texts[3].text, "⇥");
  EXPECT_EQ(texts[4].text, "·");
}

TEST(TokenText, special_tokens_and_bytes_have_their_names) {
  AttentionTrace trace = testing::trace_of({"", "\xE2", "\u200B"});
  trace.tokens[0].label = "<s>";
  trace.tokens[1].label = "<0xE2>";
  const auto texts = token_texts(trace.tokens);
  EXPECT_EQ(texts[0].text, "<s>");
  EXPECT_EQ(texts[1].text, "<0xE2>");
  EXPECT_EQ(texts[2].text, "U+200B");
}

}  // namespace
}  // namespace headscope
