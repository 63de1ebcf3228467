#include "tokenizers/known_split.h"

#include <random>

#include <gtest/gtest.h>

#include "base/utf8.h"

// The scanners written by hand cut where the published expressions cut.
namespace headscope {
namespace {

/// Text of the signs that the expressions tell apart, and of random characters, assigned or not.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "'",      "'s",     "'T",       "'re",    "'VE", "'m", "'Ll", "'d", " ",  "  ", "\n",
      "\r\n",   "\t",     "\xC2\x85", "\v",     "a",   "Z",  "é",   "ſ",  "'ſ", "K",  "1",
      "23",     "4567",   "½",        "Ⅷ",      ".",   "$",  "€",   "_",  "世", "😀",  "\u0301",
      "\u00A0", "\u3000", "\u200B",   "\uFEFF", "'lL", "'l", "'r",  "!"};
  std::string text;
  for (unsigned n = 1 + random() % 24; n > 0; --n) {
    if (random() % 6 == 0) {
      char32_t c = random() % (random() % 2 ? 0x3000 : 0x110000);
      if (c >= 0xD800 && c <= 0xDFFF) c = U'x';
      append_utf8(text, c);
    } else {
      text += pieces[random() % pieces.size()];
    }
  }
  return text;
}

class KnownSplits : public testing::TestWithParam<const char*> {};

TEST_P(KnownSplits, cut_where_the_expression_cuts) {
  const KnownSplit split = known_split(GetParam());
  ASSERT_NE(split, KnownSplit::None);
  const auto pattern = compile_pattern(GetParam(), "test");
  ASSERT_TRUE(pattern.ok()) << pattern.error().message;
  std::mt19937 random(11);
  for (int round = 0; round < 4000; ++round) {
    const std::string text = random_text(random);
    const SymbolText symbols = symbols_of(text);
    const std::vector<Stretch> expected = matches_of(**pattern, symbols);
    ASSERT_EQ(matches_of(split, symbols), expected) << text;
    std::size_t begin = 0;
    for (const auto& [first, last] : expected) {
      ASSERT_EQ(begin, symbols[first].begin) << text;
      begin = piece_end(split, text, begin);
      ASSERT_EQ(begin, symbols[last - 1].end) << text;
    }
    ASSERT_EQ(begin, text.size()) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Published, KnownSplits, testing::Values(kGpt2Split, kQwen2Split, kLlama3Split),
                         [](const auto& row) { return "split_" + std::to_string(row.index); });

TEST(KnownSplit, another_expression_is_not_known) {
  EXPECT_EQ(known_split(R"(\s+)"), KnownSplit::None);
  EXPECT_EQ(known_split(""), KnownSplit::None);
}

}  // namespace
}  // namespace headscope
