#include <array>
#include <ostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/atomic_write.h"
#include "io/safetensors_writer.h"
#include "io/temporary_folder.h"
#include "io/tensor_source.h"

namespace headscope {
namespace {

constexpr std::array<float, 2> kValues = {1, 2};

void write_shard(const std::filesystem::path& path, const std::string& tensor) {
  const FloatTensor one{{tensor, DType::F32, {2}}, kValues};
  ASSERT_TRUE(write_safetensors(path, std::span(&one, 1)).ok());
}

struct MalformedIndex {
  std::string name, text;
  ErrorCode code = ErrorCode::Corrupt;
  std::string must_say;
  friend std::ostream& operator<<(std::ostream& out, const MalformedIndex& row) { return out << row.name; }
};

class MalformedShardIndex : public testing::TestWithParam<MalformedIndex> {};

TEST_P(MalformedShardIndex, gets_one_sentence_that_names_the_fault) {
  TemporaryFolder folder;
  write_shard(folder / "one.safetensors", "a");
  write_shard(folder / "two.safetensors", "b");
  write_shard(folder / "also-a.safetensors", "a");
  ASSERT_TRUE(write_file_atomically(folder / "model.safetensors.index.json", GetParam().text).ok());
  const auto source = TensorSource::open(folder.path());
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code, GetParam().code);
  EXPECT_THAT(source.error().message, testing::HasSubstr(GetParam().must_say));
  EXPECT_EQ(source.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MalformedShardIndex,
    testing::Values(
        MalformedIndex{"empty", "", ErrorCode::Corrupt, "is not valid JSON at byte 1"},
        MalformedIndex{"a_list", "[]", ErrorCode::Corrupt, "expected an object 'weight_map'"},
        MalformedIndex{"no_weight_map", R"({"metadata":{}})", ErrorCode::Corrupt,
                       "expected an object 'weight_map'"},
        MalformedIndex{"weight_map_is_a_text", R"({"weight_map":"a"})", ErrorCode::Corrupt, "'weight_map'"},
        MalformedIndex{"no_tensors", R"({"weight_map":{}})", ErrorCode::Corrupt, "names no tensor"},
        MalformedIndex{"file_is_a_number", R"({"weight_map":{"a":1}})", ErrorCode::Corrupt,
                       "must name a file, found '1'"},
        MalformedIndex{"file_elsewhere", R"({"weight_map":{"a":"../one.safetensors"}})", ErrorCode::Corrupt,
                       "must name a file beside it"},
        MalformedIndex{"file_at_the_root", R"({"weight_map":{"a":"/etc/passwd"}})", ErrorCode::Corrupt,
                       "must name a file beside it"},
        MalformedIndex{"file_name_is_empty", R"({"weight_map":{"a":""}})", ErrorCode::Corrupt,
                       "must name a file beside it"},
        MalformedIndex{"file_is_missing", R"({"weight_map":{"a":"three.safetensors"}})", ErrorCode::NotFound,
                       "three.safetensors"},
        MalformedIndex{"tensor_is_not_in_its_file", R"({"weight_map":{"b":"one.safetensors"}})",
                       ErrorCode::Corrupt, "tensor 'b' is not in 'one.safetensors'"},
        MalformedIndex{"tensor_named_twice",
                       R"({"weight_map":{"a":"one.safetensors","a":"two.safetensors"}})", ErrorCode::Corrupt,
                       "names the key 'a' twice"},
        MalformedIndex{"tensor_in_two_files",
                       R"({"weight_map":{"a":"one.safetensors","b":"two.safetensors",)"
                       R"("c":"also-a.safetensors"}})",
                       ErrorCode::Corrupt, "tensor 'c' is not in"}),
    [](const auto& row) { return row.param.name; });

TEST(ShardIndex, a_tensor_in_two_files_is_refused) {
  TemporaryFolder folder;
  const std::array<FloatTensor, 2> both = {FloatTensor{{"a", DType::F32, {2}}, kValues},
                                           FloatTensor{{"b", DType::F32, {2}}, kValues}};
  ASSERT_TRUE(write_safetensors(folder / "ab.safetensors", both).ok());
  write_shard(folder / "b.safetensors", "b");
  ASSERT_TRUE(write_file_atomically(folder / "model.safetensors.index.json",
                                    R"({"weight_map":{"a":"ab.safetensors","b":"b.safetensors"}})")
                  .ok());
  const auto source = TensorSource::open(folder.path());
  ASSERT_FALSE(source.ok());
  EXPECT_THAT(source.error().message,
              testing::HasSubstr("tensor 'b' is in both 'ab.safetensors' and 'b.safetensors'"));
}

TEST(ShardIndex, a_folder_without_safetensors_says_what_it_holds_instead) {
  TemporaryFolder folder;
  EXPECT_EQ(TensorSource::open(folder.path()).error().code, ErrorCode::NotFound);
  ASSERT_TRUE(write_file_atomically(folder / "pytorch_model.bin", "x").ok());
  const auto source = TensorSource::open(folder.path());
  EXPECT_EQ(source.error().code, ErrorCode::Unsupported);
  EXPECT_THAT(source.error().message, testing::HasSubstr("holds pytorch_model.bin, which is not read here"));
}

}  // namespace
}  // namespace headscope
