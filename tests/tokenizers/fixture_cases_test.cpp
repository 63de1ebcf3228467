#include <filesystem>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "io/json.h"
#include "tokenizers/load_tokenizer.h"
#include "tokenizers/normalizer.h"
#include "tokenizers/unicode_class.h"

// Every line of the reference cases: ids, ids without special tokens, names, offsets, mask and decoded text.
namespace headscope {
namespace {

namespace fs = std::filesystem;

struct Fixture {
  const char* name;
  const char* tokenizer;      ///< below the shared folder
  bool composes = false;      ///< its normalizer joins characters
  bool tiles = true;          ///< no character is dropped, so that the ranges tile the text
  bool joins_spaces = false;  ///< its normalizer makes one of several spaces
  bool drops_start = false;   ///< its normalizer drops control characters
  bool has_unknown = false;   ///< the reference names an unknown token by its text
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

void expect_in_order(const std::vector<Token>& tokens, const std::string& text, bool tiles) {
  std::size_t end = 0;
  for (const Token& token : tokens) {
    if (token.special) {
      EXPECT_EQ(token.begin, token.end);
      continue;
    }
    if (tiles)
      EXPECT_EQ(token.begin, end);
    else
      EXPECT_GE(token.begin, end);
    EXPECT_LE(token.begin, token.end);
    end = token.end;
  }
  if (tiles)
    EXPECT_EQ(end, text.size());
  else
    EXPECT_LE(end, text.size());
}

/// White space, or what the character map takes for it.
bool is_blank(const std::vector<CodePoint>& points, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end && i < points.size(); ++i) {
    const bool invisible = points[i].value >= 0x200B && points[i].value <= 0x200F;
    if (!invisible && !is_white_space(points[i].value)) return false;
  }
  return true;
}

/// The differences between one reference line and what the tokenizer says; empty where there are none.
std::string differences(const Tokenizer& tokenizer, const Json& line, const Fixture& fixture) {
  std::string found;
  const auto compare = [&](const char* what, const auto& got, const auto& expected) {
    if (got != expected)
      found += std::string("\n  ") + what + ": " + testing::PrintToString(got) + ", expected " +
               testing::PrintToString(expected);
  };
  const std::string text = line["text"];
  const auto expected = line["ids"].get<std::vector<TokenId>>();
  const std::vector<Token> tokens = tokenizer.encode(text);
  std::vector<TokenId> ids, plain_ids;
  std::vector<int> special;
  for (const Token& token : tokens) {
    ids.push_back(token.id);
    special.push_back(token.special);
  }
  for (const Token& token : tokenizer.encode(text, false)) plain_ids.push_back(token.id);
  compare("ids", ids, expected);
  compare("ids_no_special", plain_ids, line["ids_no_special"].get<std::vector<TokenId>>());
  compare("decoded", tokenizer.decode(expected), line["decoded"].get<std::string>());
  if (ids != expected) return found;
  compare("special_mask", special, line["special_mask"].get<std::vector<int>>());
  const bool changes = fixture.composes && !is_composed(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    // An unknown token's name is in our vocabulary; the reference names the text it stands for.
    const std::string name = line["tokens"][i];
    if (!fixture.has_unknown || !tokenizer.is_piece(ids[i]))
      compare("token", std::string(tokenizer.token_name(ids[i])), name);
    const auto range = line["offsets"][i].get<std::vector<std::size_t>>();
    const CodePointRange ours = reference_range(tokens[i], text);
    bool agrees =
        changes ? ours.begin == range[0] && ours.end >= range[1] : ours == CodePointRange{range[0], range[1]};
    // Spaces that are made one: the reference names the last of them, ours covers all.
    agrees = agrees || (fixture.joins_spaces && ours.end == range[1] && ours.begin < range[0] &&
                        is_blank(code_points(text), ours.begin, range[0]));
    // The reference counts from 0 again where it dropped the first characters; ours keeps the true place.
    agrees = agrees || (fixture.drops_start && text.starts_with("\x01\x02\x1b") &&
                        ours.begin == range[0] + 3 && ours.end == range[1] + 3);
    if (!agrees) {
      found += "\n  offsets of token " + std::to_string(i) + ": " + std::to_string(ours.begin) + ".." +
               std::to_string(ours.end) + ", expected " + std::to_string(range[0]) + ".." +
               std::to_string(range[1]);
    }
  }
  return found;
}

class FixtureCases : public testing::TestWithParam<Fixture> {};

TEST_P(FixtureCases, every_line_gives_the_reference_tokens_offsets_and_text) {
  const fs::path shared = HEADSCOPE_SHARED_DIR;
  const auto tokenizer = load_tokenizer(shared / GetParam().tokenizer);
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  std::ifstream file(shared / "fixtures/tokenizers" / GetParam().name / "cases.jsonl");
  int n_lines = 0, n_contested = 0, n_passed = 0;
  for (std::string line; std::getline(file, line); ++n_lines) {
    const auto json = parse_json(line, "cases.jsonl");
    ASSERT_TRUE(json.ok()) << json.error().message;
    const std::string found = differences(**tokenizer, *json, GetParam());
    n_passed += found.empty();
    if (json->contains("contested")) {
      ++n_contested;
      continue;
    }
    EXPECT_EQ(found, "") << "line " << n_lines << ": " << (*json)["text"].dump(-1, ' ', true).substr(0, 200);
    expect_in_order((*tokenizer)->encode((*json)["text"].get<std::string>()), (*json)["text"],
                    GetParam().tiles);
  }
  EXPECT_EQ(n_lines, 159);
  std::cout << GetParam().name << ": " << n_passed << " of " << n_lines << " lines passed (" << n_contested
            << " contested)\n";
}

INSTANTIATE_TEST_SUITE_P(
    Tokenizers, FixtureCases,
    testing::Values(Fixture{.name = "stories260K", .tokenizer = "models/stories260K"},
                    Fixture{.name = "gpt2", .tokenizer = "fixtures/tokenizers/gpt2"},
                    Fixture{.name = "gpt2-1k", .tokenizer = "fixtures/checkpoints/text-gpt2"},
                    Fixture{.name = "qwen2", .tokenizer = "fixtures/tokenizers/qwen2", .composes = true},
                    Fixture{.name = "phi-3", .tokenizer = "fixtures/tokenizers/phi-3"},
                    Fixture{.name = "bert-base-uncased",
                            .tokenizer = "fixtures/tokenizers/bert-base-uncased",
                            .composes = true,
                            .tiles = false},
                    Fixture{.name = "bert-1k",
                            .tokenizer = "fixtures/checkpoints/text-bert",
                            .composes = true,
                            .tiles = false},
                    Fixture{.name = "t5-small",
                            .tokenizer = "fixtures/tokenizers/t5-small",
                            .composes = true,
                            .tiles = false,
                            .joins_spaces = true,
                            .drops_start = true,
                            .has_unknown = true},
                    Fixture{.name = "t5-1k",
                            .tokenizer = "fixtures/checkpoints/text-t5",
                            .composes = true,
                            .tiles = false,
                            .joins_spaces = true,
                            .drops_start = true,
                            .has_unknown = true}),
    [](const auto& fixture) {
      std::string name = fixture.param.name;
      for (char& c : name) c = c == '-' ? '_' : c;
      return name;
    });

}  // namespace
}  // namespace headscope
