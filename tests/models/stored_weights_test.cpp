// Weights that stay in their file until a pass needs them: the same bits, and faults that show then.
#include "models/stored_weights.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stop_token>
#include <thread>

#include "models/test_models.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

ModelPtr opened(const std::string& folder) {
  auto model = open_model(folder);
  EXPECT_TRUE(model.ok()) << (model.ok() ? "" : model.error().message);
  return model.ok() ? *model : nullptr;
}

std::vector<int> some_ids(const Model& model, int n) {
  std::vector<int> ids(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) ids[static_cast<std::size_t>(i)] = (7 + 31 * i) % model.shape().vocab_size;
  return ids;
}

class ReadAsUsed : public testing::TestWithParam<const char*> {};

/// InOut, several tensors side by side, heads in another order, F16, BF16 in shards, an encoder, two stacks.
INSTANTIATE_TEST_SUITE_P(Checkpoints, ReadAsUsed,
                         testing::Values("gpt2-tiny", "llama-tiny", "neox-tiny", "gpt2-f16",
                                         "llama-bf16-sharded", "bert-tiny", "t5-tiny", "bart-tiny"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_P(ReadAsUsed, gives_the_bits_of_weights_that_were_read_before) {
  const std::string folder = kFixtures + "checkpoints/" + GetParam();
  const ModelPtr now = loaded(folder), later = opened(folder);
  ASSERT_TRUE(now && later);
  TraceOptions options;
  options.keep_logits = now->info().output != "none";
  // The third product of a layer, and all after it, have the weights in memory.
  for (int pass = 0; pass < 5; ++pass) {
    const std::vector<int> ids = some_ids(*now, 5 + 3 * pass);
    const TracePtr a = traced(*now, ids, options), b = traced(*later, ids, options);
    ASSERT_TRUE(a && b);
    EXPECT_EQ(weight_difference(*a, *b), 0.0f) << "pass " << pass;
    if (options.keep_logits) {
      EXPECT_EQ(a->logits.matrix(), b->logits.matrix()) << "pass " << pass;
    }
  }
}

TEST_P(ReadAsUsed, settles_beside_a_pass_and_stays_the_same) {
  const std::string folder = kFixtures + "checkpoints/" + GetParam();
  const ModelPtr now = loaded(folder), later = opened(folder);
  ASSERT_TRUE(now && later);
  const std::vector<int> ids = some_ids(*now, 9);
  std::jthread settling([&](const std::stop_token& stop) { later->settle(stop); });
  const TracePtr beside = traced(*later, ids);
  settling.join();
  const TracePtr after = traced(*later, ids), expected = traced(*now, ids);
  ASSERT_TRUE(beside && after && expected);
  EXPECT_EQ(weight_difference(*expected, *beside), 0.0f);
  EXPECT_EQ(weight_difference(*expected, *after), 0.0f);
}

TEST(ReadAsUsed, a_stop_ends_settling_and_harms_nothing) {
  const ModelPtr model = opened(kFixtures + "checkpoints/llama-tiny");
  ASSERT_TRUE(model);
  std::stop_source stop;
  stop.request_stop();
  model->settle(stop.get_token());
  EXPECT_TRUE(traced(*model, some_ids(*model, 4)));
}

/// A copy of a checkpoint with one number of one tensor overwritten.
class Spoilt {
 public:
  Spoilt(const std::string& checkpoint, const std::string& tensor, std::size_t index) {
    std::string pattern = (fs::temp_directory_path() / "headscope-spoilt-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    fs::copy(kFixtures + "checkpoints/" + checkpoint, folder_, fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator(folder_))
      fs::permissions(entry, fs::perms::owner_write, fs::perm_options::add);
    std::size_t at = 0;
    {
      const auto source = TensorSource::open(folder_);
      const TensorView& view = *source->find(tensor);
      std::ifstream file(weights(), std::ios::binary);
      std::string bytes{std::istreambuf_iterator<char>(file), {}};
      const std::string_view stored(reinterpret_cast<const char*>(view.bytes.data()), view.bytes.size());
      at = bytes.find(stored) + index * sizeof(float);
    }
    std::fstream file(weights(), std::ios::binary | std::ios::in | std::ios::out);
    const float value = std::numeric_limits<float>::quiet_NaN();
    file.seekp(static_cast<std::streamoff>(at));
    file.write(reinterpret_cast<const char*>(&value), sizeof value);
  }
  ~Spoilt() { fs::remove_all(folder_); }
  fs::path folder() const { return folder_; }
  fs::path weights() const { return folder_ / "model.safetensors"; }

 private:
  fs::path folder_;
};

void expect_fault(const fs::path& folder, const std::string& tensor) {
  const ModelPtr model = opened(folder.string());
  ASSERT_TRUE(model);
  TraceOptions options;
  options.keep_logits = true;
  int n_published = 0;
  options.on_layer = [&](const TracePtr&, float) { ++n_published; };
  for (int pass = 0; pass < 2; ++pass) {
    const auto trace = model->trace_ids({{7, 3, 5}, {}, {}}, options);
    ASSERT_FALSE(trace.ok());
    EXPECT_EQ(trace.error().code, ErrorCode::Corrupt);
    EXPECT_NE(trace.error().message.find(tensor), std::string::npos) << trace.error().message;
  }
  EXPECT_LT(n_published, 3) << "layers without their numbers were shown";
}

TEST(ReadAsUsed, a_number_that_is_not_finite_is_the_error_of_the_pass_that_meets_it) {
  for (const std::string tensor : {"transformer.h.1.mlp.c_fc.weight", "transformer.h.0.attn.c_attn.weight"}) {
    const Spoilt spoilt("gpt2-tiny", tensor, 5);
    expect_fault(spoilt.folder(), tensor);
  }
  const Spoilt spoilt("llama-tiny", "model.layers.1.self_attn.k_proj.weight", 3);
  expect_fault(spoilt.folder(), "model.layers.1.self_attn.k_proj.weight");
}

TEST(ReadAsUsed, a_row_of_the_embedding_is_looked_at_when_it_is_looked_up) {
  const std::string tensor = "model.embed_tokens.weight";
  const ModelPtr whole = loaded(kFixtures + "checkpoints/llama-tiny");
  ASSERT_TRUE(whole);
  const auto width = static_cast<std::size_t>(whole->shape().d_model);
  const Spoilt spoilt("llama-tiny", tensor, 3 * width + 1);
  const ModelPtr model = opened(spoilt.folder().string());
  ASSERT_TRUE(model);
  TraceOptions options;
  options.n_next_tokens = 0;
  EXPECT_TRUE(model->trace_ids({{7, 4, 5}, {}, {}}, options).ok());
  const auto trace = model->trace_ids({{7, 3, 5}, {}, {}}, options);
  ASSERT_FALSE(trace.ok());
  EXPECT_NE(trace.error().message.find(tensor), std::string::npos) << trace.error().message;
}

}  // namespace
}  // namespace headscope
