#include "document/follow_token.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace headscope {
namespace {

/// One token in front that the model adds, then words with the space before them.
std::vector<ByteRange> words_of(const std::string& text) {
  std::vector<ByteRange> tokens = {{0, 0}};
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at + 1), text.size());
    tokens.push_back({at, end});
    at = end;
  }
  return tokens;
}

std::string followed(const std::string& word, const std::string& before, const std::string& after,
                     int (*follow)(int, const TokenizedText&, const TokenizedText&) = follow_token) {
  const auto old_tokens = words_of(before), new_tokens = words_of(after);
  const auto text_of = [](const std::string& text, const ByteRange& token) {
    const std::string piece = text.substr(token.begin, token.end - token.begin);
    return piece.substr(piece.find_first_not_of(' ') == std::string::npos ? 0 : piece.find_first_not_of(' '));
  };
  for (std::size_t i = 1; i < old_tokens.size(); ++i) {
    if (text_of(before, old_tokens[i]) != word) continue;
    const int index = follow(static_cast<int>(i), {before, old_tokens}, {after, new_tokens});
    return index < static_cast<int>(new_tokens.size())
               ? text_of(after, new_tokens[static_cast<std::size_t>(index)])
               : "";
  }
  return "no such word";
}

TEST(FollowToken, a_word_keeps_the_selection_when_others_come_and_go_around_it) {
  EXPECT_EQ(followed("dog", "the dog slept", "the big dog slept"), "dog");
  EXPECT_EQ(followed("dog", "the big dog slept", "the dog slept"), "dog");
  EXPECT_EQ(followed("dog", "the dog slept", "the dog slept well"), "dog");
  EXPECT_EQ(followed("slept", "the dog slept", "slept"), "slept");
  EXPECT_EQ(followed("the", "the dog", "did the dog"), "the");
}

TEST(FollowToken, a_word_that_is_typed_over_is_followed_by_what_stands_there) {
  EXPECT_EQ(followed("dog", "the dog slept", "the cat slept"), "cat");
  EXPECT_EQ(followed("dog", "the dog", "the dogs"), "dogs");
  EXPECT_EQ(followed("dogs", "the dogs", "the dog"), "dog");
  EXPECT_EQ(followed("dog", "the dog slept", "the slept"), "slept");
}

TEST(FollowToken, what_is_written_behind_the_token_that_looks_back_is_looked_from) {
  const auto looks = [](const std::string& word, const std::string& before, const std::string& after) {
    return followed(word, before, after, follow_writing);
  };
  EXPECT_EQ(looks("dog", "the dog slept", "the dog slept well"), "well");
  EXPECT_EQ(looks("the", "the dog slept", "the dog ran home"), "home");
  EXPECT_EQ(looks("dog", "the dog slept", "one bird sings to us"), "us") << "another sentence";
  EXPECT_EQ(looks("dog", "the dog slept", "the dogs slept"), "dogs");
  EXPECT_EQ(looks("slept", "the dog slept", "the old cat slept"), "slept") << "it sees the change";
  EXPECT_EQ(looks("dog", "the dog slept", "the dog"), "dog") << "nothing was written";

  const std::string one = "a", two = "a b";
  const std::vector<ByteRange> start = {{0, 0}};
  EXPECT_EQ(follow_writing(0, {"", start}, {one, words_of(one)}), 1) << "the first word";
  EXPECT_EQ(follow_writing(1, {one, words_of(one)}, {two, words_of(two)}), 2);
  EXPECT_EQ(follow_writing(0, {one, words_of(one)}, {one, words_of(one)}), 0);
}

TEST(FollowToken, nothing_falls_outside) {
  const std::string text = "a b c";
  const auto tokens = words_of(text);
  const std::vector<ByteRange> only = {{0, 0}};
  for (int index = -1; index < 10; ++index) {
    EXPECT_EQ(follow_token(index, {text, tokens}, {"", {}}), 0);
    EXPECT_EQ(follow_token(index, {text, tokens}, {"", only}), 0);
    const int same = follow_token(index, {text, tokens}, {text, tokens});
    EXPECT_EQ(same, std::clamp(index, 0, 3));
  }
}

}  // namespace
}  // namespace headscope
