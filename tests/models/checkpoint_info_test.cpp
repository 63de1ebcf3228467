// What is said about a folder before its numbers are read.
#include "models/checkpoint_info.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "models/test_models.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

TEST(CheckpointInfo, says_sizes_memory_and_tokenizer) {
  const auto info = inspect_checkpoint(kFixtures + "checkpoints/text-gpt2");
  ASSERT_TRUE(info.ok()) << info.error().message;
  EXPECT_EQ(info->architecture, "GPT2LMHeadModel");
  ASSERT_TRUE(info->shape);
  EXPECT_EQ(info->shape->n_layers, 2);
  EXPECT_EQ(info->max_tokens, 64);
  EXPECT_EQ(info->storage, "F32");
  EXPECT_EQ(info->file_bytes, 4 * info->n_params);
  // The output is the embedding, so only positions stay in the file.
  EXPECT_EQ(info->memory_bytes, info->file_bytes - 64 * 48 * 4);
  EXPECT_EQ(info->tokenizer, "BPE, 1000 tokens");
  EXPECT_TRUE(info->problems.empty());
}

TEST(CheckpointInfo, agrees_with_the_model_that_is_loaded) {
  for (const char* name : {"llama-bf16-sharded", "gemma2-tiny", "t5-tiny", "bert-tiny"}) {
    const std::string folder = kFixtures + "checkpoints/" + name;
    const auto info = inspect_checkpoint(folder);
    ASSERT_TRUE(info.ok() && info->shape) << name;
    const ModelPtr model = loaded(folder);
    EXPECT_EQ(info->shape->n_layers, model->shape().n_layers) << name;
    EXPECT_EQ(info->shape->d_model, model->shape().d_model) << name;
    EXPECT_EQ(info->n_params, model->info().n_params) << name;
    EXPECT_EQ(info->max_tokens, model->max_tokens()) << name;
    EXPECT_EQ(info->tokenizer, "none: texts are ids as numbers") << name;
  }
}

TEST(CheckpointInfo, names_what_is_in_the_way) {
  std::string pattern = (fs::temp_directory_path() / "headscope-info-XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  EXPECT_EQ(inspect_checkpoint(folder).error().code, ErrorCode::NotFound);
  std::ofstream(folder / "config.json") << R"({"architectures": ["MambaForCausalLM"]})";
  std::ofstream(folder / "pytorch_model.bin") << "PK";
  std::ofstream(folder / "tokenizer.json") << "{}";
  const auto info = inspect_checkpoint(folder);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->architecture, "MambaForCausalLM");
  EXPECT_FALSE(info->shape);
  ASSERT_EQ(info->problems.size(), 3u);
  EXPECT_EQ(info->problems[0], "the architecture 'MambaForCausalLM' is not supported");
  EXPECT_NE(info->problems[1].find("pytorch_model.bin"), std::string::npos);
  EXPECT_EQ(inspect_checkpoint(folder, false)->problems.size(), 2u);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace headscope
