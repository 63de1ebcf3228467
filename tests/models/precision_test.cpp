#include "models/random_model.h"
#include "test_models.h"
#include "trace/weight_change.h"

namespace headscope {
namespace {

TEST(WeightPrecision, half_precision_changes_weights_a_little_and_says_where) {
  const std::string folder = kFixtures + "checkpoints/gpt2-tiny";
  const auto half = load_model_with(folder, {WeightPrecision::Half});
  ASSERT_TRUE(half.ok());
  const ModelPtr stored = loaded(folder);
  const std::vector<int> ids = {1, 5, 9, 2, 7, 7, 3};
  const TracePtr a = traced(**half, ids), b = traced(*stored, ids);
  const WeightChange change = largest_weight_change(*a, *b);
  EXPECT_GT(change.change, 0.0f);
  EXPECT_LT(change.change, 0.02f);
  EXPECT_FLOAT_EQ(change.change, weight_difference(*a, *b));
  const auto layer = static_cast<std::size_t>(change.layer);
  EXPECT_FLOAT_EQ(change.change, std::abs(a->layers[layer]->weights(change.head)(change.query, change.key) -
                                          b->layers[layer]->weights(change.head)(change.query, change.key)));
}

TEST(WeightPrecision, a_checkpoint_in_half_precision_is_the_same_with_and_without_it) {
  for (const char* name : {"gpt2-f16", "llama-bf16-sharded"}) {
    const std::string folder = kFixtures + "checkpoints/" + name;
    const auto half = load_model_with(folder, {WeightPrecision::Half});
    ASSERT_TRUE(half.ok());
    const std::vector<int> ids = {3, 1, 4, 1, 5};
    EXPECT_EQ(weight_difference(*traced(**half, ids), *traced(*loaded(folder), ids)), 0.0f) << name;
  }
}

TEST(WeightPrecision, edits_agree_with_full_passes) {
  TransformerConfig config = gpt2_small_config();
  config.n_layers = 2;
  config.vocab_size = 100;
  config.max_tokens = 64;
  RandomModelOptions options;
  options.precision = WeightPrecision::Half;
  const ModelPtr model = random_model(config, options);
  std::vector<int> ids(40, 1);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int>(i * 37 % 100);
  TraceOptions again;
  again.previous = traced(*model, ids);
  ids[25] = 3;
  EXPECT_EQ(weight_difference(*traced(*model, ids, again), *traced(*model, ids)), 0.0f);
}

}  // namespace
}  // namespace headscope
