#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "io/temporary_folder.h"
#include "models/dump_layer.h"
#include "models/dump_model.h"
#include "models/trace_dump.h"

namespace headscope {
namespace {

struct Written {
  std::string name;
  TensorShape shape;
  std::vector<float> numbers;
};

/// A file of float32 tensors.
std::filesystem::path write_dump(const TemporaryFolder& folder, const std::vector<Written>& tensors,
                                 const std::map<std::string, std::string>& metadata = {}) {
  const std::filesystem::path path = folder.path() / "dump.safetensors";
  std::vector<TensorSpec> specs;
  for (const Written& tensor : tensors) specs.push_back({tensor.name, DType::F32, tensor.shape});
  auto writer = SafetensorsWriter::create(path, std::move(specs), metadata);
  EXPECT_TRUE(writer.ok());
  for (const Written& tensor : tensors) EXPECT_TRUE(writer->write(tensor.numbers).ok());
  EXPECT_TRUE(writer->commit().ok());
  return path;
}

TEST(Dumps, a_trace_that_was_written_opens_with_the_same_numbers) {
  const Result<ModelPtr> model = load_model("stories");
  ASSERT_TRUE(model.ok());
  const Result<TracePtr> trace = (*model)->trace("Tom has a red ball.", {});
  ASSERT_TRUE(trace.ok());
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "t.safetensors";
  TraceKeep keep;
  keep.scores = keep.q = keep.k = true;
  ASSERT_TRUE(write_trace(path, *trace, keep).ok());
  const Result<ModelPtr> dump = load_model(path.string());
  ASSERT_TRUE(dump.ok()) << dump.error().message;
  const Result<TracePtr> back = (*dump)->trace("whatever is typed", {});
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE((*back)->causal);
  EXPECT_TRUE((*back)->complete());
  ASSERT_EQ((*back)->layers.size(), (*trace)->layers.size());
  EXPECT_EQ((*back)->n_tokens(), (*trace)->n_tokens());
  for (std::size_t layer = 0; layer < (*trace)->layers.size(); ++layer) {
    const AttentionLayer &a = *(*trace)->layers[layer], &b = *(*back)->layers[layer];
    for (int head = 0; head < a.n_heads(); ++head) {
      EXPECT_EQ(a.weights(head), b.weights(head));
      EXPECT_EQ(a.query(head), b.query(head));
    }
    EXPECT_TRUE(dynamic_cast<const DumpLayer&>(b).has_arithmetic());
  }
}

TEST(Dumps, weights_alone_are_enough_and_tokens_are_then_numbered) {
  const TemporaryFolder folder;
  const auto path = write_dump(folder, {{"attn.0", {1, 2, 2}, {0.25f, 0.75f, 0.5f, 0.5f}}});
  const Result<ModelPtr> dump = DumpModel::load(path);
  ASSERT_TRUE(dump.ok()) << dump.error().message;
  const TracePtr trace = *(*dump)->trace("", {});
  EXPECT_FALSE(trace->causal) << "the first token looks at the second";
  EXPECT_EQ(trace->text, "0 1");
  EXPECT_EQ(trace->tokens[1].text, " 1");
  EXPECT_FALSE(dynamic_cast<const DumpLayer&>(*trace->layers[0]).has_arithmetic());
}

TEST(Dumps, cross_attention_has_other_tokens_for_its_keys) {
  const TemporaryFolder folder;
  const auto path = write_dump(folder,
                               {{"encoder.attn.0", {1, 2, 2}, {1, 0, 0, 1}},
                                {"decoder.attn.0", {1, 1, 1}, {1}},
                                {"cross.attn.0", {1, 1, 2}, {0.5f, 0.5f}}},
                               {{"tokens", R"(["a"," b"])"}, {"target_tokens", R"(["x"])"}});
  const Result<ModelPtr> dump = DumpModel::load(path);
  ASSERT_TRUE(dump.ok()) << dump.error().message;
  const TracePtr trace = *(*dump)->trace("", {});
  ASSERT_EQ(trace->parts.size(), 3u);
  const TracePtr cross = part_of(trace, AttentionPart::Cross);
  ASSERT_TRUE(cross);
  EXPECT_EQ(cross->n_tokens(), 1);
  EXPECT_EQ(cross->n_keys(), 2);
  EXPECT_EQ(trace->tokens[0].text, "x");
}

TEST(Dumps, what_is_no_dump_is_refused_with_one_sentence) {
  struct Fault {
    const char* part_of_sentence;
    std::vector<Written> tensors;
    std::map<std::string, std::string> metadata = {};
  };
  const Written good{"attn.0", {1, 2, 2}, {1, 0, 0.5f, 0.5f}};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<Fault> faults = {
      {"holds no attention", {{"weight", {1}, {1}}}},
      {"expected [n_heads, n_query, n_key]", {{"attn.0", {2, 2}, {1, 0, 0, 1}}}},
      {"expected [n_heads, n_query, n_key]", {{"attn.0", {0, 2, 2}, {}}}},
      {"queries and keys are the same", {{"attn.0", {1, 1, 2}, {1, 0}}}},
      {"no attention weight", {{"attn.0", {1, 2, 2}, {2, -1, 0.5f, 0.5f}}}},
      {"no attention weight", {{"attn.0", {1, 2, 2}, {nan, 1, 0.5f, 0.5f}}}},
      {"sums to", {{"attn.0", {1, 2, 2}, {0.2f, 0.2f, 0.5f, 0.5f}}}},
      {"another shape than that of layer 0", {good, {"attn.1", {1, 1, 1}, {1}}}},
      {"tensor 'scores.0': expected shape [1, 2, 2], found [1, 2, 1]",
       {good, {"scores.0", {1, 2, 1}, {0, 0}}}},
      {"must be a JSON list of 2 texts, found 1", {good}, {{"tokens", R"(["a"])"}}},
      {"must be a JSON list", {good}, {{"tokens", "[1, 2]"}}},
      {"not valid JSON", {good}, {{"tokens", "[\"a\""}}},
  };
  for (const Fault& fault : faults) {
    const TemporaryFolder folder;
    const Result<ModelPtr> dump = DumpModel::load(write_dump(folder, fault.tensors, fault.metadata));
    ASSERT_FALSE(dump.ok()) << fault.part_of_sentence;
    EXPECT_NE(dump.error().message.find(fault.part_of_sentence), std::string::npos) << dump.error().message;
  }
}

}  // namespace
}  // namespace headscope
