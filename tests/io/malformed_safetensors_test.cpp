#include <cstring>
#include <ostream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/safetensors.h"

// One named malformed file per rule of the format. Each gets exactly one sentence, and the sentence names the
// fault.
namespace headscope {
namespace {

struct MalformedFile {
  std::string name;  ///< a sentence's beginning, in snake_case
  std::string bytes;
  ErrorCode code = ErrorCode::Corrupt;
  std::string must_say;  ///< stands in the message

  friend std::ostream& operator<<(std::ostream& out, const MalformedFile& file) { return out << file.name; }
};

std::string length_prefix(std::uint64_t length) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes;
}

/// A file with this header and `n_data` bytes of data.
std::string file_of(const std::string& header, std::size_t n_data) {
  return length_prefix(header.size()) + header + std::string(n_data, '\x3f');
}

/// A header with the one tensor 'w'.
std::string w(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"w":{"dtype":)" + dtype + R"(,"shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

std::string repeated(const std::string& text, int n) {
  std::string result;
  for (int i = 0; i < n; ++i) result += text;
  return result;
}

std::string two_tensors(const std::string& a, const std::string& b) {
  return R"({"a":{"dtype":"F32","shape":[2],"data_offsets":)" + a +
         R"(},"b":{"dtype":"F32","shape":[2],"data_offsets":)" + b + "}}";
}

const std::vector<MalformedFile>& malformed_files() {
  const ErrorCode corrupt = ErrorCode::Corrupt;
  const std::string good = w(R"("F32")", "[2]", "[0,8]");
  static const std::vector<MalformedFile> kFiles = {
      // The header's length
      {"empty_file", "", corrupt, "the file has 0 bytes"},
      {"shorter_than_the_length", std::string(7, '\0'), corrupt, "the file has 7 bytes"},
      {"nothing_behind_the_length", length_prefix(16), corrupt, "claims 16 bytes, but only 0 follow"},
      {"header_cut_short", length_prefix(good.size()) + good.substr(0, 20), corrupt, "the file is cut short"},
      {"header_of_zero_bytes", length_prefix(0) + "12345678", corrupt, "must begin with '{'"},
      {"header_above_the_limit", length_prefix(100'000'001) + good, corrupt, "claims 100000001 bytes"},
      {"header_length_of_all_ones", length_prefix(~0ull) + good, corrupt,
       "claims 18446744073709551615 bytes"},
      {"header_length_in_the_wrong_byte_order",
       std::string("\0\0\0\0\0\0\0\x3c", 8) + good + std::string(8, '\0'), corrupt,
       "may not be a safetensors file"},
      // The header's JSON
      {"header_is_not_json", file_of("{weights}", 8), corrupt, "is not valid JSON at byte 2"},
      {"header_begins_with_a_space", file_of(" " + good, 8), corrupt, "must begin with '{'"},
      {"header_is_a_list", file_of("[]", 0), corrupt, "must begin with '{'"},
      {"header_ends_in_a_string", file_of(R"({"w)", 0), corrupt, "is not valid JSON at byte 4"},
      {"header_with_a_second_value", file_of("{}{}", 0), corrupt, "is not valid JSON at byte 3"},
      {"header_with_zero_bytes_behind", file_of(good + std::string(4, '\0'), 8), corrupt,
       "is not valid JSON"},
      {"header_with_a_comment", file_of("{/* */}", 0), corrupt, "is not valid JSON"},
      {"header_not_utf8", file_of("{\"\xff\":{}}", 0), corrupt, "is not valid JSON at byte 3"},
      {"header_nested_too_deeply", file_of(R"({"w":)" + repeated("[", 100'000), 0), corrupt,
       "nests lists and objects deeper"},
      {"tensor_named_twice",
       file_of(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
               R"("w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
               8),
       corrupt, "names the key 'w' twice"},
      {"field_named_twice",
       file_of(R"({"w":{"dtype":"F32","dtype":"F16","shape":[2],"data_offsets":[0,8]}})", 8), corrupt,
       "names the key 'dtype' twice"},
      // One tensor's description
      {"tensor_is_a_number", file_of(R"({"w":3})", 0), corrupt,
       "tensor 'w' must be described by an object, found '3'"},
      {"tensor_is_null", file_of(R"({"w":null})", 0), corrupt, "tensor 'w' must be described by an object"},
      {"no_dtype", file_of(R"({"w":{"shape":[2],"data_offsets":[0,8]}})", 8), corrupt,
       "tensor 'w' has no 'dtype'"},
      {"no_shape", file_of(R"({"w":{"dtype":"F32","data_offsets":[0,8]}})", 8), corrupt,
       "tensor 'w' has no 'shape'"},
      {"no_offsets", file_of(R"({"w":{"dtype":"F32","shape":[2]}})", 8), corrupt,
       "tensor 'w' has no 'data_offsets'"},
      {"unknown_dtype", file_of(w(R"("Q4_0")", "[2]", "[0,8]"), 8), ErrorCode::Unsupported,
       "the unknown type 'Q4_0'"},
      {"dtype_in_small_letters", file_of(w(R"("f32")", "[2]", "[0,8]"), 8), ErrorCode::Unsupported,
       "the unknown type 'f32'"},
      {"dtype_is_a_number", file_of(w("32", "[2]", "[0,8]"), 8), corrupt, "dtype must be a text, found '32'"},
      {"shape_is_a_number", file_of(w(R"("F32")", "2", "[0,8]"), 8), corrupt,
       "shape must be a list, found '2'"},
      {"negative_axis", file_of(w(R"("F32")", "[-2]", "[0,8]"), 8), corrupt,
       "whole numbers from 0, found '-2'"},
      {"fractional_axis", file_of(w(R"("F32")", "[2.0]", "[0,8]"), 8), corrupt,
       "whole numbers from 0, found '2.0'"},
      {"axis_is_a_text", file_of(w(R"("F32")", R"(["2"])", "[0,8]"), 8), corrupt, "whole numbers from 0"},
      {"axis_beyond_64_bits", file_of(w(R"("F32")", "[36893488147419103232]", "[0,8]"), 8), corrupt,
       "whole numbers from 0"},
      {"axis_beyond_63_bits", file_of(w(R"("U8")", "[9223372036854775808]", "[0,8]"), 8), corrupt,
       "whole numbers from 0"},
      {"axis_not_a_number", file_of(w(R"("F32")", "[NaN]", "[0,8]"), 8), corrupt, "is not valid JSON"},
      {"axis_infinite", file_of(w(R"("F32")", "[1e999]", "[0,8]"), 8), corrupt, "is not valid JSON"},
      {"shape_product_wraps_to_the_right_size",
       file_of(w(R"("F32")", "[4611686018427387905,4,2]", "[0,32]"), 32), corrupt, "overflows"},
      {"shape_product_wraps_to_zero", file_of(w(R"("U8")", "[4294967296,4294967296]", "[0,0]"), 0), corrupt,
       "overflows"},
      {"too_many_axes", file_of(w(R"("F32")", "[2" + repeated(",1", 16) + "]", "[0,8]"), 8), corrupt,
       "shape has 17 axes"},
      {"shape_too_small_for_its_bytes", file_of(w(R"("F32")", "[1]", "[0,8]"), 8), corrupt,
       "expected 4 bytes for shape [1] of F32, found 8"},
      {"shape_too_large_for_its_bytes", file_of(w(R"("F32")", "[3]", "[0,8]"), 8), corrupt,
       "expected 12 bytes for shape [3] of F32, found 8"},
      {"offsets_are_one_number", file_of(w(R"("F32")", "[2]", "[8]"), 8), corrupt,
       "data_offsets must be two numbers"},
      {"offsets_are_three_numbers", file_of(w(R"("F32")", "[2]", "[0,8,8]"), 8), corrupt,
       "data_offsets must be two numbers"},
      {"offsets_are_an_object", file_of(w(R"("F32")", "[2]", R"({"a":0,"b":8})"), 8), corrupt,
       "data_offsets must be two numbers"},
      {"negative_offset", file_of(w(R"("F32")", "[2]", "[-8,0]"), 8), corrupt,
       "data_offsets must be whole numbers"},
      {"fractional_offset", file_of(w(R"("F32")", "[2]", "[0,8.5]"), 8), corrupt,
       "data_offsets must be whole numbers"},
      {"offset_in_scientific_notation", file_of(w(R"("F32")", "[2]", "[0,8e0]"), 8), corrupt,
       "data_offsets must be whole numbers"},
      {"offsets_run_backwards", file_of(w(R"("F32")", "[2]", "[8,0]"), 8), corrupt,
       "data_offsets run backwards"},
      {"offsets_beyond_the_file", file_of(w(R"("F32")", "[2]", "[0,8]"), 7), corrupt,
       "ends at data byte 8, but the file has only 7"},
      {"offsets_far_beyond_the_file",
       file_of(w(R"("U8")", "[9223372036854775807]", "[0,9223372036854775807]"), 8), corrupt,
       "ends at data byte 9223372036854775807, but the file has only 8"},
      // All tensors together
      {"tensors_overlap", file_of(two_tensors("[0,8]", "[4,12]"), 12), corrupt,
       "tensors 'a' and 'b' overlap"},
      {"tensors_share_their_bytes", file_of(two_tensors("[0,8]", "[0,8]"), 8), corrupt,
       "tensors 'a' and 'b' overlap"},
      {"gap_between_tensors", file_of(two_tensors("[0,8]", "[12,20]"), 20), corrupt,
       "a gap of 4 bytes lies before tensor 'b'"},
      {"gap_before_the_first_tensor", file_of(w(R"("F32")", "[2]", "[4,12]"), 12), corrupt,
       "a gap of 4 bytes lies before tensor 'w'"},
      {"bytes_behind_the_last_tensor", file_of(good, 11), corrupt, "3 bytes at the end belong to no tensor"},
      {"data_without_tensors", file_of("{}", 5), corrupt, "5 bytes at the end belong to no tensor"},
      // Metadata and names
      {"metadata_is_a_list", file_of(R"({"__metadata__":[]})", 0), corrupt, "__metadata__ must be an object"},
      {"metadata_holds_a_number", file_of(R"({"__metadata__":{"step":3}})", 0), corrupt,
       "__metadata__ 'step' must be a text"},
      {"name_with_control_characters", file_of(R"({"a\nb\u001b[31m":3})", 0), corrupt,
       R"(tensor 'a\x0ab\x1b[31m' must)"},
      {"name_of_a_megabyte", file_of("{\"" + std::string(1 << 20, 'n') + "\":3}", 0), corrupt,
       "…' must be described"},
  };
  return kFiles;
}

class MalformedSafetensors : public testing::TestWithParam<MalformedFile> {};

TEST_P(MalformedSafetensors, gets_one_sentence_that_names_the_fault) {
  const MalformedFile& malformed = GetParam();
  const auto file = SafetensorsFile::parse(std::as_bytes(std::span(malformed.bytes)), "m.safetensors");
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().code, malformed.code);
  EXPECT_THAT(file.error().message, testing::HasSubstr(malformed.must_say));
  EXPECT_THAT(file.error().message, testing::StartsWith("'m.safetensors'"));
  EXPECT_EQ(file.error().message.find('\n'), std::string::npos);
  EXPECT_LT(file.error().message.size(), 400u);
  EXPECT_FALSE(file.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(Table, MalformedSafetensors, testing::ValuesIn(malformed_files()),
                         [](const auto& row) { return row.param.name; });

TEST(WellFormedSafetensors, the_smallest_files_are_read) {
  for (const std::string& bytes :
       {file_of("{}", 0), file_of(w(R"("F32")", "[2]", "[0,8]"), 8), file_of(w(R"("F32")", "[]", "[0,4]"), 4),
        file_of(w(R"("F32")", "[0,9223372036854775807]", "[0,0]"), 0),
        file_of(w(R"("BOOL")", "[3]", "[0,3]") + "   ", 3)}) {
    const auto file = SafetensorsFile::parse(std::as_bytes(std::span(bytes)), "m.safetensors");
    EXPECT_TRUE(file.ok()) << file.error().message;
  }
}

TEST(WellFormedSafetensors, empty_tensors_may_lie_between_others) {
  const std::string bytes = file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                                    R"("e":{"dtype":"F32","shape":[0],"data_offsets":[8,8]},)"
                                    R"("b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}})",
                                    12);
  const auto file = SafetensorsFile::parse(std::as_bytes(std::span(bytes)), "m.safetensors");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->tensors().size(), 3u);
}

}  // namespace
}  // namespace headscope
