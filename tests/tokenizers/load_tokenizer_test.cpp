#include "tokenizers/load_tokenizer.h"

#include <filesystem>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/utf8.h"
#include "tokenizers/word_tokenizer.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

TokenizerPtr load(const char* folder) {
  auto tokenizer = load_tokenizer(fs::path(HEADSCOPE_SHARED_DIR) / folder);
  EXPECT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  return tokenizer.ok() ? *tokenizer : nullptr;
}

std::vector<TokenId> ids_of(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<TokenId> ids;
  for (const Token& token : tokenizer.encode(text)) ids.push_back(token.id);
  return ids;
}

TEST(LoadTokenizer, our_own_kind_is_recognised) {
  const WordTokenizer words({"the", "dog", "."});
  const auto json = parse_json(words.to_json(), "tokenizer.json");
  ASSERT_TRUE(json.ok()) << json.error().message;
  const auto tokenizer = make_tokenizer(*json, "tokenizer.json");
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  EXPECT_EQ(ids_of(**tokenizer, "the dog ."), ids_of(words, "the dog ."));
}

TEST(LoadTokenizer, bytes_that_are_no_text_keep_their_place_and_come_back) {
  for (const char* folder : {"models/stories260K", "fixtures/tokenizers/gpt2"}) {
    const TokenizerPtr tokenizer = load(folder);
    ASSERT_TRUE(tokenizer);
    const std::string text = std::string("a\xff\xe4\xb8 b\0c", 9);
    std::size_t end = 0;
    for (const Token& token : tokenizer->encode(text, false)) {
      EXPECT_EQ(token.begin, end) << folder;
      end = token.end;
    }
    EXPECT_EQ(end, text.size()) << folder;
    EXPECT_TRUE(is_valid_utf8(tokenizer->decode(ids_of(*tokenizer, text))));
  }
}

TEST(LoadTokenizer, a_megabyte_without_a_space_takes_no_quadratic_time) {
  const TokenizerPtr tokenizer = load("models/stories260K");
  ASSERT_TRUE(tokenizer);
  std::string text;
  while (text.size() < 1 << 20) text += "oncetherewas";
  EXPECT_GT(tokenizer->encode(text).size(), text.size() / 8);
}

TEST(LoadTokenizer, a_space_run_of_a_hundred_thousand_is_one_matter_for_the_expression) {
  const TokenizerPtr tokenizer = load("fixtures/tokenizers/gpt2");
  ASSERT_TRUE(tokenizer);
  const std::string text = std::string(100'000, ' ') + "x";
  EXPECT_EQ(tokenizer->decode(ids_of(*tokenizer, text)), text);
}

TEST(LoadTokenizer, byte_tokens_are_pieces_and_words_are_suggested) {
  const TokenizerPtr tokenizer = load("models/stories260K");
  ASSERT_TRUE(tokenizer);
  EXPECT_TRUE(tokenizer->is_piece(3));
  EXPECT_EQ(tokenizer->token_name(3), "<0x00>");
  EXPECT_FALSE(tokenizer->is_piece(410));
  EXPECT_THAT(tokenizer->suggest("th", 5), testing::Contains("the"));
  EXPECT_EQ(tokenizer->token_name(-1), "");
  EXPECT_EQ(tokenizer->token_name(1 << 20), "");
}

struct MalformedTokenizer {
  std::string name, json;
  ErrorCode code = ErrorCode::Corrupt;
  std::string must_say;
  friend std::ostream& operator<<(std::ostream& out, const MalformedTokenizer& row) {
    return out << row.name;
  }
};
class Malformed : public testing::TestWithParam<MalformedTokenizer> {};

TEST_P(Malformed, gets_one_sentence_that_names_the_fault) {
  const auto json = parse_json(GetParam().json, "t.json");
  ASSERT_TRUE(json.ok()) << json.error().message;
  const auto tokenizer = make_tokenizer(*json, "t.json");
  ASSERT_FALSE(tokenizer.ok());
  EXPECT_EQ(tokenizer.error().code, GetParam().code);
  EXPECT_THAT(tokenizer.error().message, testing::HasSubstr(GetParam().must_say));
  EXPECT_EQ(tokenizer.error().message.find('\n'), std::string::npos);
  const auto streamed = parse_tokenizer(GetParam().json, "t.json");
  ASSERT_FALSE(streamed.ok());
  EXPECT_EQ(streamed.error().message, tokenizer.error().message);
  EXPECT_EQ(streamed.error().code, tokenizer.error().code);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Malformed,
    testing::Values(
        MalformedTokenizer{"list", "[]", ErrorCode::Corrupt, "expected a JSON object, found array"},
        MalformedTokenizer{"no_model", "{}", ErrorCode::Corrupt, "'t.json': model: expected a JSON object"},
        MalformedTokenizer{"unknown_kind", R"({"model":{"type":"Magic","vocab":[]}})", ErrorCode::Unsupported,
                           "a tokenizer of the kind 'Magic' is not supported"},
        MalformedTokenizer{"kind_is_a_number", R"({"model":{"type":7}})", ErrorCode::Corrupt,
                           "'type' must be a text"},
        MalformedTokenizer{"vocab_is_a_list", R"({"model":{"type":"BPE","vocab":[],"merges":[]}})",
                           ErrorCode::Corrupt, "model.vocab must be an object"},
        MalformedTokenizer{"id_negative", R"({"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}})",
                           ErrorCode::Corrupt, "the id of token 'a' must be a whole number"},
        MalformedTokenizer{"id_huge", R"({"model":{"type":"BPE","vocab":{"a":4000000000},"merges":[]}})",
                           ErrorCode::Corrupt, "found '4000000000'"},
        MalformedTokenizer{"id_twice", R"({"model":{"type":"BPE","vocab":{"a":1,"b":1},"merges":[]}})",
                           ErrorCode::Corrupt, "two tokens have the id 1"},
        MalformedTokenizer{"merge_of_three", R"({"model":{"type":"BPE","vocab":{"a":0},"merges":["a a a"]}})",
                           ErrorCode::Corrupt, "merge 0 must be a pair"},
        MalformedTokenizer{"merge_unknown", R"({"model":{"type":"BPE","vocab":{"a":0},"merges":["a a"]}})",
                           ErrorCode::Corrupt, "merge 0 needs token 'aa'"},
        MalformedTokenizer{"unknown_token_unknown",
                           R"({"model":{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"u"}})",
                           ErrorCode::Corrupt, "unk_token 'u' is not in the vocabulary"},
        MalformedTokenizer{"dropout", R"({"model":{"type":"BPE","dropout":0.1,"vocab":{},"merges":[]}})",
                           ErrorCode::Unsupported, "dropout"},
        MalformedTokenizer{"normalizer", R"({"normalizer":{"type":"Magic"},"model":{"type":"BPE"}})",
                           ErrorCode::Unsupported, "a normalizer of the kind 'Magic'"},
        MalformedTokenizer{
            "expression",
            R"({"pre_tokenizer":{"type":"Split","pattern":{"Regex":"("},"behavior":"Isolated"},)"
            R"("model":{"type":"BPE"}})",
            ErrorCode::Unsupported, "the regular expression '(' is not understood"},
        MalformedTokenizer{
            "template",
            R"({"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}],)"
            R"("special_tokens":{}},"model":{"type":"BPE","vocab":{},"merges":[]}})",
            ErrorCode::Corrupt, "names the special token '<s>'"},
        MalformedTokenizer{"unigram_without_scores",
                           R"({"model":{"type":"Unigram","unk_id":0,"vocab":["a"]}})", ErrorCode::Corrupt,
                           "token 0 must be a text and a score"},
        MalformedTokenizer{"unigram_unknown_outside",
                           R"({"model":{"type":"Unigram","unk_id":1,"vocab":[["a",0]]}})", ErrorCode::Corrupt,
                           "'unk_id' must be a whole number from 0 to 0"},
        MalformedTokenizer{"unigram_empty", R"({"model":{"type":"Unigram","unk_id":0,"vocab":[]}})",
                           ErrorCode::Corrupt, "model.vocab must be a list of tokens and scores"},
        MalformedTokenizer{"word_piece_without_unknown", R"({"model":{"type":"WordPiece","vocab":{"a":0}}})",
                           ErrorCode::Corrupt, "unk_token '[UNK]' is not in the vocabulary"},
        MalformedTokenizer{
            "map_not_base64",
            R"({"normalizer":{"type":"Precompiled","precompiled_charsmap":"?"},"model":{"type":"BPE"}})",
            ErrorCode::Corrupt, "precompiled_charsmap is not base64"},
        MalformedTokenizer{
            "map_cut_off",
            R"({"normalizer":{"type":"Precompiled","precompiled_charsmap":"/////w=="},"model":{"type":"BPE"}})",
            ErrorCode::Corrupt, "precompiled_charsmap has a trie of 4294967295 bytes in 0"},
        MalformedTokenizer{"pre_tokenizer", R"({"pre_tokenizer":{"type":"Magic"},"model":{"type":"BPE"}})",
                           ErrorCode::Unsupported, "a pre_tokenizer of the kind 'Magic'"},
        MalformedTokenizer{"behaviour",
                           R"({"pre_tokenizer":{"type":"Split","pattern":{"String":"a"},"behavior":"Eaten"},)"
                           R"("model":{"type":"BPE"}})",
                           ErrorCode::Unsupported, "the Split behaviour 'Eaten'"},
        MalformedTokenizer{
            "metaspace_of_two",
            R"({"pre_tokenizer":{"type":"Metaspace","replacement":"ab"},"model":{"type":"BPE"}})",
            ErrorCode::Corrupt, "'replacement' must be one character"},
        MalformedTokenizer{"decoder_ctc",
                           R"({"decoder":{"type":"CTC"},"model":{"type":"BPE","vocab":{},"merges":[]}})",
                           ErrorCode::Unsupported, "a decoder of the kind 'CTC'"},
        MalformedTokenizer{
            "post_processor",
            R"({"post_processor":{"type":"Magic"},"model":{"type":"BPE","vocab":{},"merges":[]}})",
            ErrorCode::Unsupported, "a post_processor of the kind 'Magic'"},
        MalformedTokenizer{
            "roberta_without_cls",
            R"({"post_processor":{"type":"RobertaProcessing"},"model":{"type":"BPE","vocab":{},"merges":[]}})",
            ErrorCode::Corrupt, "'cls' must be a token and its id"},
        MalformedTokenizer{
            "template_without_text",
            R"({"post_processor":{"type":"TemplateProcessing","single":[],"special_tokens":{}},)"
            R"("model":{"type":"BPE","vocab":{},"merges":[]}})",
            ErrorCode::Corrupt, "'single' must take each text once"},
        MalformedTokenizer{
            "added_token_without_id",
            R"({"added_tokens":[{"content":"x"}],"model":{"type":"BPE","vocab":{},"merges":[]}})",
            ErrorCode::Corrupt, "'id' must be a whole number"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace headscope
