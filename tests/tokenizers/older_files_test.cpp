#include "tokenizers/older_files.h"

#include <filesystem>
#include <fstream>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokenizers/load_tokenizer.h"

// Folders from before tokenizer.json: the same tokens as with it, and one sentence where they cannot be read.
namespace headscope {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for one test, gone afterwards.
class Folder {
 public:
  explicit Folder(const std::string& name) : path_(fs::path(testing::TempDir()) / ("older_" + name)) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::vector<std::array<std::size_t, 4>> flat(const std::vector<Token>& tokens) {
  std::vector<std::array<std::size_t, 4>> rows;
  for (const Token& token : tokens)
    rows.push_back({static_cast<std::size_t>(token.id), token.begin, token.end,
                    static_cast<std::size_t>(token.type_id)});
  return rows;
}

void expect_same_as_json(const std::string& name, const std::vector<std::string>& files) {
  const fs::path fixture = fs::path(HEADSCOPE_SHARED_DIR) / "fixtures/tokenizers" / name;
  const Folder folder(name);
  for (const std::string& file : files) fs::copy(fixture / file, folder.path() / file);
  const auto older = load_tokenizer(folder.path()), json = load_tokenizer(fixture);
  ASSERT_TRUE(older.ok()) << older.error().message;
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*older)->vocab_size(), (*json)->vocab_size());
  std::ifstream cases(fixture / "cases.jsonl");
  int n_lines = 0;
  for (std::string line; std::getline(cases, line); ++n_lines) {
    const std::string text = Json::parse(line)["text"];
    ASSERT_EQ(flat((*older)->encode(text)), flat((*json)->encode(text))) << "line " << n_lines;
    const auto ids = Json::parse(line)["ids"].get<std::vector<TokenId>>();
    ASSERT_EQ((*older)->decode(ids), (*json)->decode(ids)) << "line " << n_lines;
  }
  EXPECT_EQ(n_lines, 159);
}

TEST(OlderFiles, vocab_json_and_merges_give_the_tokens_of_tokenizer_json) {
  expect_same_as_json("gpt2", {"vocab.json", "merges.txt", "tokenizer_config.json"});
  expect_same_as_json("gpt2", {"vocab.json", "merges.txt"});
}

TEST(OlderFiles, vocab_txt_gives_the_tokens_of_tokenizer_json) {
  expect_same_as_json("bert-base-uncased", {"vocab.txt", "tokenizer_config.json"});
}

TEST(OlderFiles, a_cased_bert_keeps_its_capitals) {
  const Folder folder("cased");
  folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nAb\nab\n");
  folder.write("tokenizer_config.json", R"({"do_lower_case": false})");
  const auto tokenizer = load_tokenizer(folder.path());
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  const auto tokens = (*tokenizer)->encode_pair("Ab", "ab");
  ASSERT_TRUE(tokens.ok());
  using Row = std::array<std::size_t, 4>;
  EXPECT_THAT(flat(*tokens), testing::ElementsAre(Row{2, 0, 0, 0}, Row{4, 0, 2, 0}, Row{3, 2, 2, 0},
                                                  Row{5, 0, 2, 1}, Row{3, 2, 2, 1}));
}

TEST(OlderFiles, a_letter_that_lost_its_accent_keeps_all_its_bytes) {
  const Folder folder("accent");
  folder.write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncafe\n");
  const auto tokenizer = load_tokenizer(folder.path());
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  const std::vector<Token> tokens = (*tokenizer)->encode("Café", false);
  ASSERT_EQ(tokens.size(), 1u);
  EXPECT_EQ(tokens[0].end, std::string("Café").size());
}

TEST(OlderFiles, roberta_puts_its_marks_around_the_text_and_its_mask_takes_the_space) {
  const Folder folder("roberta");
  folder.write("vocab.json", R"({"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"a":4,"Ġ":5,"Ġa":6,"<mask>":7})");
  folder.write("merges.txt", "#version: 0.2\nĠ a\n");
  folder.write("config.json", R"({"model_type": "roberta"})");
  const auto tokenizer = load_tokenizer(folder.path());
  ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
  using Row = std::array<std::size_t, 4>;
  EXPECT_THAT(flat((*tokenizer)->encode("a a <mask>")),
              testing::ElementsAre(Row{0, 0, 0, 0}, Row{4, 0, 1, 0}, Row{6, 1, 3, 0}, Row{7, 3, 10, 0},
                                   Row{2, 10, 10, 0}));
}

struct BrokenFolder {
  std::string name;
  std::vector<std::pair<std::string, std::string>> files;
  ErrorCode code;
  std::string must_say;
  friend std::ostream& operator<<(std::ostream& out, const BrokenFolder& row) { return out << row.name; }
};
class BrokenOlderFiles : public testing::TestWithParam<BrokenFolder> {};

TEST_P(BrokenOlderFiles, get_one_sentence) {
  const Folder folder(GetParam().name);
  for (const auto& [name, text] : GetParam().files) folder.write(name, text);
  const auto tokenizer = load_tokenizer(folder.path());
  ASSERT_FALSE(tokenizer.ok());
  EXPECT_EQ(tokenizer.error().code, GetParam().code) << tokenizer.error().message;
  EXPECT_THAT(tokenizer.error().message, testing::HasSubstr(GetParam().must_say));
  EXPECT_EQ(tokenizer.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BrokenOlderFiles,
    testing::Values(
        BrokenFolder{"nothing", {}, ErrorCode::NotFound, "holds no tokenizer.json"},
        BrokenFolder{"sentencepiece_alone",
                     {{"tokenizer.model", "x"}},
                     ErrorCode::Unsupported,
                     "in the SentencePiece file tokenizer.model alone"},
        BrokenFolder{"merges_without_vocab", {{"merges.txt", "a b\n"}}, ErrorCode::NotFound, "holds no"},
        BrokenFolder{"vocab_is_a_list",
                     {{"vocab.json", "[]"}, {"merges.txt", ""}},
                     ErrorCode::Corrupt,
                     "expected an object of tokens and ids"},
        BrokenFolder{"vocab_is_no_json",
                     {{"vocab.json", "{"}, {"merges.txt", ""}},
                     ErrorCode::Corrupt,
                     "is not valid JSON"},
        BrokenFolder{"merge_of_one",
                     {{"vocab.json", R"({"a":0,"<|endoftext|>":1})"}, {"merges.txt", "a\n"}},
                     ErrorCode::Corrupt,
                     "merge 0 must be a pair"},
        BrokenFolder{"merge_is_no_text",
                     {{"vocab.json", R"({"a":0,"<|endoftext|>":1})"}, {"merges.txt", "\xff \xff\n"}},
                     ErrorCode::Corrupt,
                     "expected text in UTF-8"},
        BrokenFolder{"unknown_kind",
                     {{"vocab.json", R"({"a":0})"},
                      {"merges.txt", ""},
                      {"tokenizer_config.json", R"({"tokenizer_class":"MagicTokenizer"})"}},
                     ErrorCode::Unsupported,
                     "of the kind 'Magic'"},
        BrokenFolder{"config_is_a_list",
                     {{"vocab.txt", "[UNK]\n"}, {"tokenizer_config.json", "[]"}},
                     ErrorCode::Corrupt,
                     "expected a JSON object"},
        BrokenFolder{"word_twice",
                     {{"vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\na\n"}},
                     ErrorCode::Corrupt,
                     "line 5 holds 'a' a second time"},
        BrokenFolder{"no_separator",
                     {{"vocab.txt", "[UNK]\n[CLS]\na\n"}},
                     ErrorCode::Corrupt,
                     "the token '[SEP]' is missing"},
        BrokenFolder{"roberta_without_its_marks",
                     {{"vocab.json", R"({"a":0})"},
                      {"merges.txt", ""},
                      {"config.json", R"({"model_type":"roberta"})"}},
                     ErrorCode::Corrupt,
                     "'cls' must be a token and its id"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace headscope
