#include "models/generate.h"

#include <gtest/gtest.h>

#include "models/test_models.h"

namespace headscope {
namespace {

Vector logits_of(std::initializer_list<float> values) {
  return Eigen::Map<const Vector>(values.begin(), static_cast<Eigen::Index>(values.size()));
}

TEST(Generate, stories260K_continues_as_the_reference_does_token_for_token) {
  const ModelPtr model = loaded(kModels + "stories260K");
  const auto [prompt, ids] = greedy_story();
  GenerateOptions options;
  options.sampling.temperature = 0;
  options.max_new_tokens = static_cast<int>(ids.size());
  int n_computed = 0;
  options.on_token = [&](int, const TracePtr& trace) { return n_computed += trace->n_computed, true; };
  auto generation = generate(*model, prompt, options);
  ASSERT_TRUE(generation.ok()) << generation.error().message;
  EXPECT_EQ(generation->new_ids, ids);
  EXPECT_EQ(n_computed, generation->trace->n_tokens()) << "each position is computed once";
}

TEST(Generate, the_same_seed_gives_the_same_tokens_and_another_seed_others) {
  const ModelPtr model = loaded(kModels + "stories260K");
  GenerateOptions options;
  options.max_new_tokens = 40;
  const int prompt[] = {1};
  const auto first = generate(*model, prompt, options)->new_ids;
  EXPECT_EQ(generate(*model, prompt, options)->new_ids, first);
  options.sampling.seed = 2;
  EXPECT_NE(generate(*model, prompt, options)->new_ids, first);
}

TEST(Generate, ends_before_an_end_token_and_at_the_last_position) {
  const ModelPtr model = loaded(kModels + "gpt-nano-sort");
  GenerateOptions options;
  options.sampling.temperature = 0;
  options.max_new_tokens = 100;
  const int prompt[] = {2, 0, 1, 0, 2, 1};
  // The sixth letter's output is the first sorted one; positions end at 11, and the eleventh's output still
  // counts.
  EXPECT_EQ(generate(*model, prompt, options)->new_ids, (std::vector<int>{0, 0, 1, 1, 2, 2}));
  options.end_ids = {1};
  EXPECT_EQ(generate(*model, prompt, options)->new_ids, (std::vector<int>{0, 0}));
}

TEST(Generate, a_stopped_generation_is_cancelled) {
  std::stop_source source;
  GenerateOptions options;
  options.stop = source.get_token();
  options.on_token = [&](int, const TracePtr&) { return source.request_stop(), true; };
  const int prompt[] = {1};
  auto generation = generate(*loaded(kModels + "stories260K"), prompt, options);
  ASSERT_FALSE(generation.ok());
  EXPECT_EQ(generation.error().code, ErrorCode::Cancelled);
}

TEST(NextTokenProbabilities, top_k_keeps_the_k_largest_and_sums_to_one) {
  SamplingOptions options;
  options.top_k = 2;
  const Vector p = next_token_probabilities(logits_of({0, 2, 1, 2}), options);
  EXPECT_EQ(p[0], 0);
  EXPECT_EQ(p[2], 0);
  EXPECT_FLOAT_EQ(p[1], 0.5f);
  EXPECT_FLOAT_EQ(p[3], 0.5f);
}

TEST(NextTokenProbabilities, top_p_keeps_the_fewest_that_reach_the_mass) {
  SamplingOptions options;
  options.top_p = 0.7f;
  const Vector p =
      next_token_probabilities(logits_of({std::log(0.5f), std::log(0.3f), std::log(0.2f)}), options);
  EXPECT_NEAR(p[0], 0.625, 1e-6);
  EXPECT_NEAR(p[1], 0.375, 1e-6);
  EXPECT_EQ(p[2], 0);
}

TEST(NextTokenProbabilities, temperature_sharpens_and_zero_takes_the_first_of_the_largest) {
  SamplingOptions options;
  options.temperature = 0.5f;
  EXPECT_NEAR(next_token_probabilities(logits_of({1, 0}), options)[0], 1 / (1 + std::exp(-2.0)), 1e-6);
  options.temperature = 0;
  const Vector p = next_token_probabilities(logits_of({1, 3, 3}), options);
  EXPECT_EQ(p[0], 0);
  EXPECT_EQ(p[1], 1);
  EXPECT_EQ(p[2], 0);
}

TEST(SampleToken, draws_each_token_as_often_as_its_probability_says) {
  std::mt19937_64 random(7);
  const Vector p = logits_of({0.1f, 0.0f, 0.6f, 0.3f});
  int counts[4] = {};
  for (int i = 0; i < 20000; ++i) ++counts[sample_token(p, random)];
  EXPECT_EQ(counts[1], 0);
  for (int id : {0, 2, 3}) EXPECT_NEAR(counts[id] / 20000.0, p[id], 0.015);
}

}  // namespace
}  // namespace headscope
