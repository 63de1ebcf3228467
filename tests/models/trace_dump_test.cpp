// Traces as files: written, read back, and compared with the trace.
#include "models/trace_dump.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/version.h"
#include "io/json.h"
#include "io/safetensors.h"
#include "models/test_models.h"

namespace headscope {
namespace {

std::filesystem::path file_for_test() {
  return std::filesystem::temp_directory_path() /
         ("headscope-dump-" + std::to_string(getpid()) + ".safetensors");
}

TEST(TraceDump, a_written_trace_holds_the_numbers_of_the_trace_and_says_what_it_is) {
  const ModelPtr model = loaded(kModels + "stories260K");
  const auto keep = parse_keep("attn,q,z,hidden,logits");
  const auto trace = model->trace("Once upon a time", trace_options(*keep));
  ASSERT_TRUE(trace.ok());
  const auto path = file_for_test();
  ASSERT_TRUE(write_trace(path, *trace, *keep).ok());
  const auto file = SafetensorsFile::open(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->tensors().size(), 3u * 5 + 6 + 1);
  EXPECT_EQ(file->find("k.0"), nullptr);
  const std::vector<float> attn = *to_float(*file->find("attn.3"));
  const int n = (*trace)->n_tokens();
  for (int head = 0; head < 8; ++head) {
    const Eigen::Map<const Matrix> weights(attn.data() + head * n * n, n, n);
    EXPECT_EQ(weights, (*trace)->layers[3]->weights(head));
  }
  EXPECT_EQ(file->find("logits")->shape, (TensorShape{n, 512}));
  EXPECT_EQ(file->metadata().at("model"), "stories260K");
  EXPECT_EQ(file->metadata().at("text"), "Once upon a time");
  EXPECT_EQ(file->metadata().at("headscope"), kVersion);
  const auto tokens = parse_json(file->metadata().at("tokens"), "tokens");
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(static_cast<int>(tokens->size()), n);
  EXPECT_EQ((*tokens)[0], "<s>");
  std::filesystem::remove(path);
}

TEST(TraceDump, what_the_trace_does_not_hold_cannot_be_written) {
  const ModelPtr model = loaded(kModels + "stories260K");
  const TracePtr trace = traced(*model, {1, 2, 3});
  for (const char* list : {"hidden", "logits"}) {
    EXPECT_EQ(trace_tensors(trace, *parse_keep(list)).error().code, ErrorCode::InvalidArgument);
    EXPECT_FALSE(write_trace(file_for_test(), trace, *parse_keep(list)).ok());
  }
  EXPECT_FALSE(std::filesystem::exists(file_for_test()));
}

TEST(TraceDump, keep_lists_are_read_and_wrong_names_named) {
  const auto keep = parse_keep("scores,v");
  ASSERT_TRUE(keep.ok());
  EXPECT_TRUE(keep->scores && keep->v);
  EXPECT_FALSE(keep->attn || keep->q || keep->logits);
  EXPECT_TRUE(parse_keep("all")->hidden);
  EXPECT_EQ(parse_keep("attn,hiden").error().message, "there is no 'hiden' to keep");
  EXPECT_FALSE(parse_keep("").ok());
  EXPECT_FALSE(parse_keep("attn,,q").ok());
}

TEST(TraceDump, inputs_of_another_kind_of_model_are_refused_by_name) {
  const auto image = read_token_input(kFixtures + "expected/vit-tiny/noise.safetensors");
  ASSERT_TRUE(image.ok()) << image.error().message;
  for (const char* folder : {"checkpoints/gpt2-tiny", "checkpoints/t5-tiny"}) {
    const auto refused = loaded(kFixtures + folder)->trace_ids(*image, {});
    EXPECT_EQ(refused.error().code, ErrorCode::Unsupported);
    EXPECT_NE(refused.error().message.find("'pixel_values' is no input"), std::string::npos);
  }
  EXPECT_EQ(read_token_input(kModels + "stories260K/model.safetensors").error().code, ErrorCode::NotFound);
  EXPECT_EQ(read_token_input("no-such-file").error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace headscope
