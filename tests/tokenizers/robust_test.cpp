#include <filesystem>
#include <map>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "tokenizers/load_tokenizer.h"

// Text as it should not be, and much of it: no crash, tokens in order, time that grows with the length.
namespace headscope {
namespace {

namespace fs = std::filesystem;

struct Kind {
  const char* folder;
  bool tiles;
};
class AnyText : public testing::TestWithParam<Kind> {
 protected:
  void check(const std::string& text) {
    static std::map<std::string, TokenizerPtr> loaded;
    TokenizerPtr& tokenizer = loaded[GetParam().folder];
    if (!tokenizer) {
      const auto read = load_tokenizer(fs::path(HEADSCOPE_SHARED_DIR) / GetParam().folder);
      ASSERT_TRUE(read.ok()) << read.error().message;
      tokenizer = *read;
    }
    std::size_t end = 0;
    std::vector<TokenId> ids;
    for (const Token& token : tokenizer->encode(text, false)) {
      if (GetParam().tiles)
        ASSERT_EQ(token.begin, end);
      else
        ASSERT_GE(token.begin, end);
      ASSERT_LE(token.begin, token.end);
      end = token.end;
      ids.push_back(token.id);
    }
    if (GetParam().tiles)
      ASSERT_EQ(end, text.size());
    else
      ASSERT_LE(end, text.size());
    EXPECT_TRUE(is_valid_utf8(tokenizer->decode(ids)));
  }
};

TEST_P(AnyText, broken_and_unassigned_characters_keep_their_order) {
  check(std::string("a\0b\0", 4));
  check("a\xff\xfe\xc3 \xe4\xb8\xe4\xb8\xad\xed\xa0\x80\xf4\x90\x80\x80");
  check("\uFFFE\uFFFF\uFDD0 x\u0378y \U0010FFFF\U000E0001");
  check("\uFEFF\u200B\u200D\u2060\u0301\u0301");
  std::string every;
  for (char32_t c = 0; c < 0x110000; c += 37) {
    if (c < 0xD800 || c > 0xDFFF) append_utf8(every, c);
  }
  check(every);
}

TEST_P(AnyText, a_million_letters_without_a_space_are_no_matter) {
  check(std::string(1'000'000, 'a'));
}

TEST_P(AnyText, long_runs_of_one_kind_are_no_matter) {
  for (const char* unit : {" ", ".", "1", "\n", "é", "中", "a\u0301", "\xff"}) {
    std::string text;
    while (text.size() < 20'000) text += unit;
    check(text);
  }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, AnyText,
                         testing::Values(Kind{"fixtures/checkpoints/text-gpt2", true},
                                         Kind{"models/stories260K", true},
                                         Kind{"fixtures/checkpoints/text-bert", false},
                                         Kind{"fixtures/checkpoints/text-t5", false}),
                         [](const auto& row) { return "kind_" + std::to_string(row.index); });

}  // namespace
}  // namespace headscope
