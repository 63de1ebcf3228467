#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokenizers/load_tokenizer.h"
#include "tokenizers/word_tokenizer.h"

// How two texts are joined: ids, type ids and where each token stands.
namespace headscope {
namespace {

TokenizerPtr tokenizer_with(const std::string& post_processor) {
  const std::string text =
      R"({"model":{"type":"BPE","vocab":{"a":0,"b":1,"<s>":2,"</s>":3},"merges":[]},"post_processor":)" +
      post_processor + "}";
  const auto json = parse_json(text, "t.json");
  EXPECT_TRUE(json.ok());
  const auto tokenizer = make_tokenizer(*json, "t.json");
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  return tokenizer.ok() ? *tokenizer : nullptr;
}

/// "id:type_id", one for each token.
std::vector<std::string> pair_of(const Tokenizer& tokenizer, bool add_special = true) {
  const auto tokens = tokenizer.encode_pair("ab", "b", add_special);
  EXPECT_TRUE(tokens.ok());
  std::vector<std::string> shown;
  for (const Token& token : *tokens)
    shown.push_back(std::to_string(token.id) + ":" + std::to_string(token.type_id));
  return shown;
}

TEST(Pairs, a_template_joins_them_with_its_type_ids) {
  const TokenizerPtr tokenizer = tokenizer_with(
      R"({"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],)"
      R"("pair":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},)"
      R"({"SpecialToken":{"id":"</s>","type_id":0}},{"Sequence":{"id":"B","type_id":1}},)"
      R"({"SpecialToken":{"id":"</s>","type_id":1}}],)"
      R"("special_tokens":{"<s>":{"ids":[2]},"</s>":{"ids":[3]}}})");
  EXPECT_THAT(pair_of(*tokenizer), testing::ElementsAre("2:0", "0:0", "1:0", "3:0", "1:1", "3:1"));
  EXPECT_THAT(pair_of(*tokenizer, false), testing::ElementsAre("0:0", "1:0", "1:1"));
}

TEST(Pairs, ranges_count_in_the_text_that_the_token_belongs_to) {
  const TokenizerPtr tokenizer =
      tokenizer_with(R"({"type":"BertProcessing","sep":["</s>",3],"cls":["<s>",2]})");
  const auto tokens = tokenizer->encode_pair("ab", "b");
  ASSERT_TRUE(tokens.ok());
  std::vector<std::array<std::size_t, 3>> places;
  for (const Token& token : *tokens)
    places.push_back({static_cast<std::size_t>(token.text), token.begin, token.end});
  using Place = std::array<std::size_t, 3>;
  EXPECT_THAT(places, testing::ElementsAre(Place{0, 0, 0}, Place{0, 0, 1}, Place{0, 1, 2}, Place{0, 2, 2},
                                           Place{1, 0, 1}, Place{1, 1, 1}));
}

TEST(Pairs, bert_counts_segments_and_roberta_does_not) {
  const TokenizerPtr bert = tokenizer_with(R"({"type":"BertProcessing","sep":["</s>",3],"cls":["<s>",2]})");
  EXPECT_THAT(pair_of(*bert), testing::ElementsAre("2:0", "0:0", "1:0", "3:0", "1:1", "3:1"));
  const TokenizerPtr roberta =
      tokenizer_with(R"({"type":"RobertaProcessing","sep":["</s>",3],"cls":["<s>",2],"trim_offsets":true})");
  EXPECT_THAT(pair_of(*roberta), testing::ElementsAre("2:0", "0:0", "1:0", "3:0", "3:0", "1:0", "3:0"));
  EXPECT_EQ(roberta->encode("a").size(), 3u);
}

TEST(Pairs, without_a_post_processor_they_stand_side_by_side) {
  EXPECT_THAT(pair_of(*tokenizer_with("null")), testing::ElementsAre("0:0", "1:0", "1:1"));
}

TEST(Pairs, a_tokenizer_that_knows_none_says_so) {
  const auto words = WordTokenizer({"a"}).encode_pair("a", "a");
  ASSERT_FALSE(words.ok());
  EXPECT_EQ(words.error().code, ErrorCode::Unsupported);
  const TokenizerPtr single = tokenizer_with(
      R"({"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{}})");
  EXPECT_FALSE(single->encode_pair("a", "b").ok());
}

}  // namespace
}  // namespace headscope
