#include "io/safetensors.h"

#include <cmath>
#include <filesystem>
#include <limits>

#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "io/temporary_folder.h"
#include "io/tensor_source.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;
const fs::path kShared = HEADSCOPE_SHARED_DIR;

TEST(Safetensors, what_is_written_reads_back_with_names_shapes_and_metadata) {
  TemporaryFolder folder;
  const std::vector<float> a = {1, -2, 3.5f, 0, -0.0f, 1e-30f}, b = {7};
  const std::vector<FloatTensor> tensors = {{{"a", DType::F32, {2, 3}}, a}, {{"b", DType::F16, {}}, b}};
  const Status written = write_safetensors(folder / "t.safetensors", tensors, {{"model", "tiny \"x\""}});
  ASSERT_TRUE(written.ok()) << written.error().message;

  const auto file = SafetensorsFile::open(folder / "t.safetensors");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(file->metadata().at("model"), "tiny \"x\"");
  ASSERT_TRUE(file->find("a") && file->find("b"));
  EXPECT_EQ(file->find("a")->shape, (TensorShape{2, 3}));
  EXPECT_EQ(*to_float(*file->find("a")), a);
  EXPECT_EQ(file->find("a")->floats_in_place().size(), 6u);
  EXPECT_EQ(*to_float(*file->find("b")), b);
  EXPECT_EQ(file->find("c"), nullptr);
}

TEST(Safetensors, a_part_of_a_tensor_is_read_without_the_mapping) {
  TemporaryFolder folder;
  const std::vector<float> a = {1, 2, 3, 4, 5, 6}, b = {7, 8};
  const std::vector<FloatTensor> tensors = {{{"a", DType::F32, {2, 3}}, a}, {{"b", DType::F32, {2}}, b}};
  ASSERT_TRUE(write_safetensors(folder / "t.safetensors", tensors, {}).ok());
  const auto source = TensorSource::open(folder / "t.safetensors");
  ASSERT_TRUE(source.ok());
  std::vector<float> part(3);
  ASSERT_TRUE(
      source->read(*source->find("a"), 2 * sizeof(float), std::as_writable_bytes(std::span(part))).ok());
  EXPECT_EQ(part, (std::vector<float>{3, 4, 5}));

  const auto size = fs::file_size(folder / "t.safetensors");
  fs::resize_file(folder / "t.safetensors", size - 4);
  part.resize(2);
  const Status cut = source->read(*source->find("b"), 0, std::as_writable_bytes(std::span(part)));
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().code, ErrorCode::Io);
  EXPECT_NE(cut.error().message.find("cut short"), std::string::npos) << cut.error().message;
}

TEST(Safetensors, bytes_in_memory_are_read_too) {
  TemporaryFolder folder;
  const std::vector<float> a = {1, 2, 3};
  ASSERT_TRUE(
      write_safetensors(folder / "t.safetensors", std::vector<FloatTensor>{{{"a", DType::F32, {3}}, a}}, {})
          .ok());
  const auto bytes = read_file(folder / "t.safetensors");
  const auto file = SafetensorsFile::parse(std::as_bytes(std::span(*bytes)), "t.safetensors");
  ASSERT_TRUE(file.ok());
  std::vector<float> part(2);
  ASSERT_TRUE(file->read(*file->find("a"), sizeof(float), std::as_writable_bytes(std::span(part))).ok());
  EXPECT_EQ(part, (std::vector<float>{2, 3}));
}

TEST(Safetensors, a_stream_may_come_in_pieces_of_any_size) {
  TemporaryFolder folder;
  std::vector<float> values(3000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i) * 0.25f;
  auto writer = SafetensorsWriter::create(folder / "s.safetensors", {{"empty", DType::F32, {0, 4}},
                                                                     {"x", DType::F32, {1000, 2}},
                                                                     {"y", DType::F32, {1000}},
                                                                     {"ids", DType::I64, {2}}});
  ASSERT_TRUE(writer.ok()) << writer.error().message;
  const std::span<const float> all = values;
  ASSERT_TRUE(writer->write(all.first(1)).ok());
  ASSERT_TRUE(writer->write(all.subspan(1, 2500)).ok());
  EXPECT_FALSE(fs::exists(folder / "s.safetensors"));
  ASSERT_TRUE(writer->write(all.subspan(2501)).ok());
  const std::vector<std::int64_t> ids = {-5, std::numeric_limits<std::int64_t>::max()};
  ASSERT_TRUE(writer->write(ids).ok());
  ASSERT_TRUE(writer->commit().ok());

  const auto file = SafetensorsFile::open(folder / "s.safetensors");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_EQ(to_float(*file->find("y"))->front(), 2000 * 0.25f);
  EXPECT_EQ(*to_int64(*file->find("ids")), ids);
  EXPECT_TRUE(file->find("empty")->bytes.empty());
}

TEST(DTypes, every_half_precision_number_survives_widening_and_rounding) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float wide = float_from_half(half);
    const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
    const float sign = bits & 0x8000 ? -1.0f : 1.0f;
    if (exponent == 31) {
      EXPECT_EQ(std::isnan(wide), fraction != 0);
      EXPECT_EQ(std::isinf(wide), fraction == 0);
    } else {
      const float expected = sign * (exponent ? std::ldexp(1024.0f + fraction, exponent - 25)
                                              : std::ldexp(static_cast<float>(fraction), -24));
      ASSERT_EQ(wide, expected) << bits;
      ASSERT_EQ(half_from_float(wide), half) << bits;
    }
  }
}

TEST(DTypes, numbers_between_two_halves_round_to_the_nearer_one_and_ties_to_even) {
  for (int bits = 0; bits < 0x7BFF; ++bits) {
    const float low = float_from_half(static_cast<std::uint16_t>(bits));
    const float high = float_from_half(static_cast<std::uint16_t>(bits + 1));
    const float middle = low + (high - low) / 2;
    ASSERT_EQ(half_from_float(middle), bits + (bits & 1)) << bits;
    ASSERT_EQ(half_from_float(std::nextafter(middle, 0.0f)), bits) << bits;
    ASSERT_EQ(half_from_float(std::nextafter(middle, 1e9f)), bits + 1) << bits;
  }
  EXPECT_EQ(half_from_float(65519.0f), 0x7BFF);
  EXPECT_EQ(half_from_float(65520.0f), 0x7C00);
  EXPECT_EQ(half_from_float(-1e30f), 0xFC00);
}

TEST(TensorSourceTest, a_real_checkpoint_opens_and_gives_tensors_of_the_asked_shape) {
  const auto source = TensorSource::open(kShared / "models/stories260K");
  ASSERT_TRUE(source.ok()) << source.error().message;
  const auto embedding = source->require_float("model.embed_tokens.weight", {512, 64});
  ASSERT_TRUE(embedding.ok()) << embedding.error().message;
  EXPECT_EQ(embedding->size(), 512u * 64u);
}

TEST(TensorSourceTest, a_wrong_shape_names_what_was_expected_and_found) {
  const auto source = TensorSource::open(kShared / "models/stories260K");
  ASSERT_TRUE(source.ok()) << source.error().message;
  const auto wrong = source->require("model.embed_tokens.weight", {512, 65});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().message,
            "tensor 'model.embed_tokens.weight': expected shape [512, 65], found [512, 64]");
  const auto missing = source->require("wte.weight", {512, 65});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  EXPECT_EQ(missing.error().message, "tensor 'wte.weight' [512, 65] is missing");
}

TEST(TensorSourceTest, shards_are_one_checkpoint) {
  const auto source = TensorSource::open(kShared / "fixtures/checkpoints/llama-bf16-sharded");
  ASSERT_TRUE(source.ok()) << source.error().message;
  EXPECT_EQ(source->files().size(), 4u);
  const TensorView* tensor = source->find("model.layers.1.input_layernorm.weight");
  ASSERT_TRUE(tensor);
  EXPECT_EQ(tensor->dtype, DType::BF16);
}

TEST(TensorSourceTest, every_fixture_opens) {
  int opened = 0;
  for (const char* folder : {"fixtures/checkpoints", "fixtures/expected", "models"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kShared / folder)) {
      if (entry.path().extension() != ".safetensors") continue;
      const auto file = SafetensorsFile::open(entry.path());
      EXPECT_TRUE(file.ok()) << file.error().message;
      ++opened;
    }
  }
  EXPECT_GT(opened, 100);
}

}  // namespace
}  // namespace headscope
