#include "tokenizers/model_tables.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/mapped_file.h"
#include "tokenizers/load_tokenizer.h"
#include "tokenizers/vocabulary.h"

// A tokenizer.json read event by event is the one that a tree of it gives.
namespace headscope {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

TokenizerFile parsed(const std::string& text) {
  auto file = parse_tokenizer_file(text, "t.json");
  EXPECT_TRUE(file.ok()) << file.error().message;
  return file.ok() ? std::move(*file) : TokenizerFile{};
}

TEST(ModelTables, take_the_lists_of_the_model_and_leave_the_rest) {
  const TokenizerFile file = parsed(
      R"({"added_tokens":[{"id":7,"content":"x"}],"decoder":{"vocab":{"a":1},"merges":["a b"]},)"
      R"("model":{"type":"BPE","vocab":{"a":0,"b c":2,"":1},"merges":["a b",["a","b c"]],"unk":{"vocab":{"z":9}}},)"
      R"("vocab":{"y":3}})");
  EXPECT_THAT(file.tables.ids,
              ElementsAre(testing::Pair("a", 0), testing::Pair("b c", 2), testing::Pair("", 1)));
  EXPECT_THAT(file.tables.merges, ElementsAre(testing::Pair("a", "b"), testing::Pair("a", "b c")));
  EXPECT_EQ(file.json.dump(),
            R"({"added_tokens":[{"content":"x","id":7}],"decoder":{"merges":["a b"],"vocab":{"a":1}},)"
            R"("model":{"merges":[],"type":"BPE","unk":{"vocab":{"z":9}},"vocab":{}},"vocab":{"y":3}})");
}

TEST(ModelTables, scores_of_every_kind_of_number) {
  const TokenizerFile file = parsed(R"({"model":{"vocab":[["a",0],["b",-1],["c",-2.5e0],["d",1]]}})");
  EXPECT_THAT(file.tables.scores, ElementsAre(testing::Pair("a", 0), testing::Pair("b", -1),
                                              testing::Pair("c", -2.5), testing::Pair("d", 1)));
  EXPECT_EQ(file.json.dump(), R"({"model":{"vocab":[]}})");
}

TEST(ModelTables, an_entry_of_another_form_and_all_after_it_stay_in_the_tree) {
  const auto tree = [](const std::string& model) { return parsed(model).json.dump(); };
  for (const char* entry :
       {"-1", "16000000", "1.5", "\"1\"", "null", "true", "[0,[1]]", R"({"b":{"c":2}})"}) {
    const TokenizerFile file =
        parsed(std::string(R"({"model":{"vocab":{"a":0,"x":)") + entry + R"(,"c":2},"z":1}})");
    EXPECT_THAT(file.tables.ids, ElementsAre(testing::Pair("a", 0))) << entry;
    EXPECT_EQ(file.json.dump(), std::string(R"({"model":{"vocab":{"c":2,"x":)") + entry + R"(},"z":1}})");
  }
  for (const char* entry :
       {"\"a\"", "\"a b c\"", "[]", "[\"a\"]", R"(["a","b","c"])", "[1,\"a\"]", R"(["a",["b"]])",
        R"(["a",{"b":1}])", R"([{"b":1},"a"])", "3", "null", R"({"a":"b"})"}) {
    const std::string text = std::string(R"({"model":{"merges":["a b",)") + entry + R"(,"c d"],"z":1}})";
    EXPECT_THAT(parsed(text).tables.merges, ElementsAre(testing::Pair("a", "b"))) << entry;
    EXPECT_EQ(tree(text), std::string(R"({"model":{"merges":[)") + entry + R"(,"c d"],"z":1}})");
  }
  for (const char* entry : {"\"a\"", "[]", "[\"a\"]", R"(["a","b"])", R"(["a",1.5,2])", R"(["a",null])",
                            R"([1,"a"])", R"(["a",[1]])", "false"}) {
    const std::string text = std::string(R"({"model":{"vocab":[["x",1],)") + entry + R"(,["c",2]],"z":1}})";
    EXPECT_THAT(parsed(text).tables.scores, ElementsAre(testing::Pair("x", 1))) << entry;
    EXPECT_EQ(tree(text), std::string(R"({"model":{"vocab":[)") + entry + R"(,["c",2]],"z":1}})");
  }
}

TEST(ModelTables, of_two_lists_with_one_name_the_last_counts) {
  EXPECT_THAT(parsed(R"({"model":{"vocab":{"a":0},"vocab":{"b":1}}})").tables.ids,
              ElementsAre(testing::Pair("b", 1)));
  EXPECT_THAT(parsed(R"({"model":{"vocab":{"a":0},"merges":["a b"]},"model":{}})").tables.ids, IsEmpty());
  EXPECT_THAT(parsed(R"({"model":{"merges":["a b"],"merges":null}})").tables.merges, IsEmpty());
  EXPECT_THAT(parsed(R"({"model":{"vocab":{"a":0},"vocab":[["b",1]]}})").tables.ids, IsEmpty());
}

TEST(ModelTables, what_is_no_json_is_named_as_ever) {
  for (const char* text : {"", "{", R"({"model":{"vocab":{"a":)", R"({"model":{"vocab":{"a":1,}}})",
                           "{\"a\":1e999}", "{\"a\":\"\xff\"}", "[1] 2"}) {
    const auto streamed = parse_tokenizer_file(text, "t.json");
    const auto tree = parse_json(text, "t.json");
    ASSERT_FALSE(streamed.ok()) << text;
    ASSERT_FALSE(tree.ok()) << text;
    EXPECT_EQ(streamed.error().message, tree.error().message);
  }
  EXPECT_FALSE(parse_tokenizer_file(std::string(100, '['), "t.json").ok());
}

TEST(ModelTables, every_reference_tokenizer_is_the_one_that_its_tree_gives) {
  int n_files = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(HEADSCOPE_SHARED_DIR) / "fixtures/tokenizers")) {
    const fs::path path = entry.path() / "tokenizer.json";
    if (!fs::exists(path)) continue;
    ++n_files;
    const auto file = MappedFile::open(path);
    ASSERT_TRUE(file.ok());
    const auto streamed = parse_tokenizer(file->text(), "t.json");
    const auto tree = make_tokenizer(*parse_json(file->text(), "t.json"), "t.json");
    ASSERT_TRUE(streamed.ok()) << streamed.error().message;
    ASSERT_TRUE(tree.ok()) << tree.error().message;
    ASSERT_EQ((*streamed)->vocab_size(), (*tree)->vocab_size()) << path;
    for (TokenId id = 0; id < (*tree)->vocab_size(); ++id)
      ASSERT_EQ((*streamed)->token_name(id), (*tree)->token_name(id)) << path;
    for (const char* text :
         {"the dog did not cross the street", "Ünïcödé 漢字 \U0001F600 <0x41>", "\t a1b22  x"}) {
      const auto a = (*streamed)->encode(text), b = (*tree)->encode(text);
      ASSERT_EQ(a.size(), b.size()) << path << text;
      for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].id, b[i].id) << path << text;
    }
  }
  EXPECT_GE(n_files, 5);
}

TEST(Vocabulary, finds_what_was_added_last_and_refuses_an_id_twice) {
  Vocabulary vocabulary;
  EXPECT_EQ(vocabulary.find("a"), -1);
  for (TokenId id = 0; id < 1000; ++id) ASSERT_TRUE(vocabulary.add("t" + std::to_string(id), id));
  for (TokenId id = 0; id < 1000; ++id) ASSERT_EQ(vocabulary.find("t" + std::to_string(id)), id);
  EXPECT_FALSE(vocabulary.add("u", 7));
  EXPECT_EQ(vocabulary.find("u"), -1);
  EXPECT_TRUE(vocabulary.add("", 2000));
  EXPECT_FALSE(vocabulary.add("v", 2000));
  EXPECT_EQ(vocabulary.find(""), 2000);
  EXPECT_TRUE(vocabulary.add("t7", 1500));
  EXPECT_EQ(vocabulary.find("t7"), 1500);
  EXPECT_EQ(vocabulary.names()[7], "");
  EXPECT_TRUE(vocabulary.add("w", 7));
  EXPECT_EQ(vocabulary.names().size(), 2001u);
}

}  // namespace
}  // namespace headscope
