#include "tokenizers/word_tokenizer.h"

#include <gtest/gtest.h>

#include <random>

namespace headscope {
namespace {

const WordTokenizer& small() {
  static const WordTokenizer tokenizer({".", ",", "?", "\"", "(", ")", "...", "the", "The", "dog", "dogs",
                                        "was", "too", "tired", "Tom", "don't", "street"});
  return tokenizer;
}
std::vector<std::string> names(std::string_view text) {
  std::vector<std::string> result;
  for (const Token& token : small().encode(text)) result.emplace_back(small().token_name(token.id));
  return result;
}
std::string round_trip(std::string_view text, bool add_special = true) {
  std::vector<TokenId> ids;
  for (const Token& token : small().encode(text, add_special)) ids.push_back(token.id);
  return small().decode(ids);
}
using Names = std::vector<std::string>;

TEST(WordTokenizer, a_sentence_is_one_token_a_word) {
  EXPECT_EQ(names("the dog was too tired ."), (Names{"<s>", "the", "dog", "was", "too", "tired", "."}));
}

TEST(WordTokenizer, a_sign_that_touches_its_word_is_a_byte) {
  EXPECT_EQ(names("too tired. The dog"), (Names{"<s>", "too", "tired", "<0x2E>", "The", "dog"}));
}

TEST(WordTokenizer, a_word_after_a_newline_needs_no_space) {
  EXPECT_EQ(names("the\ndog"), (Names{"<s>", "the", "<0x0A>", "dog"}));
}

TEST(WordTokenizer, glue_joins_a_word_to_the_sign_before_it) {
  EXPECT_EQ(names("the \"dog\""), (Names{"<s>", "the", "\"", "<glue>", "dog", "<0x22>"}));
}

TEST(WordTokenizer, an_unknown_word_is_spelled_and_hides_no_word) {
  EXPECT_EQ(names("the dogma"),
            (Names{"<s>", "the", "<0x20>", "<0x64>", "<0x6F>", "<0x67>", "<0x6D>", "<0x61>"}));
  EXPECT_EQ(names("don't"), (Names{"<s>", "don't"}));
}

TEST(WordTokenizer, byte_ranges_tile_the_text) {
  const std::string text = " The  dog, \"the dogs\"\n\n Tom's 42 caf\xC3\xA9s ...";
  std::size_t at = 0;
  for (const Token& token : small().encode(text)) {
    EXPECT_EQ(token.begin, at);
    EXPECT_LE(token.begin, token.end);
    at = token.end;
  }
  EXPECT_EQ(at, text.size());
}

TEST(WordTokenizer, any_bytes_round_trip) {
  std::mt19937 random(7);
  // Pieces that meet at every kind of border, and raw bytes between them.
  const Names pieces = {"the",
                        "dog",
                        "Tom",
                        "don't",
                        "'",
                        " ",
                        "  ",
                        "\n",
                        ".",
                        "...",
                        "..",
                        "\"",
                        "(",
                        "zorp",
                        "\xC3\xA9",
                        "\xE6\x97\xA5",
                        "\xF0\x9F\x90\xB6",
                        std::string(1, '\0'),
                        "\xFF",
                        "\t",
                        "<s>",
                        "<glue>",
                        "<0x2E>",
                        "7"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (unsigned n = random() % 12; n > 0; --n) {
      text += random() % 8 == 0 ? std::string(1, static_cast<char>(random() % 256))
                                : pieces[random() % pieces.size()];
    }
    ASSERT_EQ(round_trip(text), text);
    ASSERT_EQ(round_trip(text, false), text);
  }
}

TEST(WordTokenizer, a_long_text_takes_linear_time) {
  const std::string text(1 << 20, 'x');
  EXPECT_EQ(small().encode(text).size(), text.size() + 1);
}

TEST(WordTokenizer, letters_of_unknown_words_are_pieces_and_signs_are_not) {
  EXPECT_FALSE(small().is_piece(small().word_id("dog")));
  EXPECT_FALSE(small().is_piece(small().encode("dog.", false)[1].id));
  EXPECT_TRUE(small().is_piece(small().encode("zorp", false)[0].id));
}

TEST(WordTokenizer, suggestions_complete_first_and_correct_second) {
  EXPECT_EQ(small().suggest("do", 3), (Names{"dog", "dogs", "don't"}));
  EXPECT_EQ(small().suggest("stret", 1), (Names{"street"}));
  EXPECT_EQ(small().suggest("tho", 2), (Names{"the", "too"}));
  EXPECT_TRUE(small().suggest("", 5).empty());
}

TEST(WordTokenizer, its_json_makes_the_same_tokenizer) {
  const auto read = WordTokenizer::from_json(small().to_json());
  ASSERT_TRUE(read.ok());
  ASSERT_EQ((*read)->vocab_size(), small().vocab_size());
  for (TokenId id = 0; id < small().vocab_size(); ++id)
    EXPECT_EQ((*read)->token_name(id), small().token_name(id));
}

TEST(WordTokenizer, a_broken_json_is_refused_in_a_sentence) {
  for (const char* json :
       {"", "[]", "{}", R"({"model":1})", R"({"model":{"type":"Words"}})",
        R"({"model":{"type":"Words","vocab":[1]}})", R"({"model":{"type":"Words","vocab":["a","a"]}})",
        R"({"model":{"type":"Words","vocab":["<s>","<glue>","a"]}})"}) {
    const auto read = WordTokenizer::from_json(json);
    ASSERT_FALSE(read.ok()) << json;
    EXPECT_FALSE(read.error().message.empty());
  }
  EXPECT_EQ(WordTokenizer::from_json(R"({"model":{"type":"BPE","vocab":{}}})").error().code,
            ErrorCode::Unsupported);
}

}  // namespace
}  // namespace headscope
