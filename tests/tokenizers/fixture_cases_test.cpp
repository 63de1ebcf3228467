#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "io/json.h"
#include "tokenizers/load_tokenizer.h"
#include "tokenizers/normalizer.h"

// Every line of the reference cases: ids, ids without special tokens, offsets and decoded text.
namespace headscope {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  const char* name;
  const char* tokenizer;  ///< below the shared folder
  bool composes = false;  ///< its normalizer is NFC
};

struct CodePointRange {
  std::size_t begin = 0, end = 0;
  bool operator==(const CodePointRange&) const = default;
};

/// The reference counts code points and gives a token that holds a part of a character the whole of it; our
/// byte ranges tile the text. It gives the "▁" that is put before a text the text's first character; ours is
/// empty there.
CodePointRange reference_range(const Token& token, const std::string& text) {
  if (token.special) return {};
  std::vector<std::size_t> index_of_byte(text.size() + 1);
  std::size_t n = 0;
  for (const CodePoint& point : code_points(text)) {
    for (std::size_t i = 0; i < point.length; ++i) index_of_byte[point.begin + i] = n;
    ++n;
  }
  index_of_byte[text.size()] = n;
  const std::size_t begin = index_of_byte[token.begin];
  if (token.begin == token.end) return {begin, begin + 1};
  return {begin, index_of_byte[token.end - 1] + 1};
}

/// Where characters are composed, the reference gives the whole to the first of them and nothing covers the
/// others.
bool is_composed(const std::string& text) {
  return utf8_of(Normalizer::read(Json{{"type", "NFC"}}, "")->apply(symbols_of(text))) == text;
}

void expect_tiles(const std::vector<Token>& tokens, const std::string& text) {
  std::size_t end = 0;
  for (const Token& token : tokens) {
    EXPECT_EQ(token.begin, token.special ? token.end : end);
    if (!token.special) end = token.end;
  }
  EXPECT_EQ(end, text.size());
}

std::string show(const std::vector<TokenId>& ids) {
  return testing::PrintToString(ids);
}

class FixtureCases : public testing::TestWithParam<Fixture> {};

TEST_P(FixtureCases, every_line_gives_the_reference_ids_offsets_and_text) {
  const fs::path shared = HEADSCOPE_SHARED_DIR;
  const auto tokenizer = load_tokenizer(shared / GetParam().tokenizer);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  std::ifstream file(shared / "fixtures/tokenizers" / GetParam().name / "cases.jsonl");
  int n_lines = 0;
  for (std::string line; std::getline(file, line); ++n_lines) {
    const auto json = parse_json(line, "cases.jsonl");
    ASSERT_TRUE(json.ok()) << json.error().message;
    if (json->contains("contested")) continue;
    const std::string text = (*json)["text"];
    SCOPED_TRACE("line " + std::to_string(n_lines) + ": " +
                 (*json)["text"].dump(-1, ' ', true).substr(0, 200));
    const auto expected = (*json)["ids"].get<std::vector<TokenId>>();
    const std::vector<Token> tokens = (*tokenizer)->encode(text);
    std::vector<TokenId> ids, plain_ids;
    for (const Token& token : tokens) ids.push_back(token.id);
    for (const Token& token : (*tokenizer)->encode(text, false)) plain_ids.push_back(token.id);
    EXPECT_EQ(show(ids), show(expected));
    EXPECT_EQ(show(plain_ids), show((*json)["ids_no_special"].get<std::vector<TokenId>>()));
    EXPECT_EQ((*tokenizer)->decode(expected), (*json)["decoded"].get<std::string>());
    expect_tiles(tokens, text);
    if (ids != expected || (GetParam().composes && !is_composed(text))) continue;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const auto range = (*json)["offsets"][i].get<std::vector<std::size_t>>();
      EXPECT_EQ(reference_range(tokens[i], text), (CodePointRange{range[0], range[1]}))
          << "token " << i << " bytes " << tokens[i].begin << ".." << tokens[i].end << ", found "
          << reference_range(tokens[i], text).begin << ".." << reference_range(tokens[i], text).end
          << ", expected " << range[0] << ".." << range[1];
    }
  }
  EXPECT_EQ(n_lines, 159);
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, FixtureCases,
                         testing::Values(Fixture{"stories260K", "models/stories260K"},
                                         Fixture{"gpt2", "fixtures/tokenizers/gpt2"},
                                         Fixture{"gpt2-1k", "fixtures/checkpoints/text-gpt2"},
                                         Fixture{"qwen2", "fixtures/tokenizers/qwen2", true},
                                         Fixture{"phi-3", "fixtures/tokenizers/phi-3"}),
                         [](const auto& fixture) {
                           std::string name = fixture.param.name;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace headscope
