// Long work listens: it stops where it is told to, and what comes after is right.
#include <gtest/gtest.h>

#include "models/random_model.h"
#include "models/test_models.h"

namespace headscope {
namespace {

TransformerConfig small_config() {
  TransformerConfig config = gpt2_small_config();
  config.n_layers = 6;
  config.n_heads = config.n_kv_heads = 4;
  config.head_dim = 16;
  config.d_model = 64;
  config.d_feed_forward = 128;
  config.vocab_size = 100;
  return config;
}

std::vector<int> numbers(int n) {
  std::vector<int> ids;
  for (int i = 0; i < n; ++i) ids.push_back(i * 31 % 97);
  return ids;
}

TEST(Cancel, a_pass_stopped_in_a_layer_computes_no_further_layer) {
  const ModelPtr model = random_model(small_config());
  for (int stop_at = 0; stop_at < 6; ++stop_at) {
    std::stop_source source;
    int n_published = 0;
    TraceOptions options;
    options.stop = source.get_token();
    options.on_layer = [&](const TracePtr&, float) {
      if (n_published++ == stop_at) source.request_stop();
    };
    auto trace = model->trace_ids({numbers(40), {}, {}}, options);
    ASSERT_FALSE(trace.ok());
    EXPECT_EQ(trace.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(n_published, stop_at + 1);
  }
}

TEST(Cancel, a_request_that_is_already_stopped_computes_nothing) {
  const ModelPtr model = random_model(small_config());
  std::stop_source source;
  source.request_stop();
  TraceOptions options;
  options.stop = source.get_token();
  options.on_layer = [](const TracePtr&, float) { FAIL(); };
  EXPECT_EQ(model->trace_ids({numbers(40), {}, {}}, options).error().code, ErrorCode::Cancelled);
}

TEST(Cancel, passes_after_a_stopped_one_are_right) {
  const ModelPtr model = random_model(small_config()), other = random_model(small_config());
  std::vector<int> edited = numbers(30);
  edited[12] = 3;
  const TracePtr known = traced(*model, edited), before = traced(*model, numbers(30));
  std::stop_source source;
  TraceOptions stopped;
  stopped.previous = before;
  stopped.stop = source.get_token();
  stopped.on_layer = [&](const TracePtr& so_far, float) {
    if (so_far->layers[3]) source.request_stop();
  };
  ASSERT_FALSE(model->trace_ids({edited, {}, {}}, stopped).ok());
  // The engine's keys are now a mixture of two texts: going on with either must not believe them.
  for (const TracePtr& previous : {known, before}) {
    std::vector<int> longer = previous == known ? edited : numbers(30);
    longer.push_back(7);
    TraceOptions options;
    options.previous = previous;
    const TracePtr trace = traced(*model, longer, options);
    EXPECT_EQ(trace->n_computed, 1);
    EXPECT_EQ(weight_difference(*trace, *traced(*other, longer)), 0);
  }
}

TEST(Loading, progress_grows_to_the_end_and_a_stop_is_heard) {
  const std::string folder = kFixtures + "checkpoints/llama-bf16-sharded";
  std::vector<float> told;
  LoadOptions options;
  options.on_progress = [&](float progress) { told.push_back(progress); };
  ASSERT_TRUE(load_model_with(folder, options).ok());
  EXPECT_GT(told.size(), 10u);
  EXPECT_TRUE(std::ranges::is_sorted(told));
  EXPECT_GE(told.front(), 0);
  EXPECT_GT(told.back(), 0.5f);
  EXPECT_LE(told.back(), 1);

  std::stop_source source;
  options.stop = source.get_token();
  int n_told = 0;
  options.on_progress = [&](float) {
    if (++n_told == 5) source.request_stop();
  };
  const auto stopped = load_model_with(folder, options);
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  EXPECT_EQ(n_told, 5);
}

TEST(Publish, each_layer_is_published_when_it_is_done_with_the_later_ones_null) {
  const ModelPtr model = random_model(small_config());
  std::vector<TracePtr> published;
  TraceOptions options;
  options.on_layer = [&](const TracePtr& trace, float progress) {
    published.push_back(trace);
    EXPECT_NEAR(progress, static_cast<float>(published.size()) / 6, 1e-6);
  };
  const TracePtr full = traced(*model, numbers(20), options);
  ASSERT_EQ(published.size(), 6u);
  for (std::size_t n = 0; n < 6; ++n) {
    for (std::size_t layer = 0; layer < 6; ++layer)
      EXPECT_EQ(published[n]->layers[layer] != nullptr, layer <= n);
    EXPECT_EQ(published[n]->layers[n], full->layers[n]) << "a layer is made once";
    EXPECT_TRUE(published[n]->next_tokens.empty());
    EXPECT_EQ(published[n]->n_tokens(), 20);
  }
  EXPECT_EQ(full->next_tokens.size(), 20u);
}

TEST(RandomModel, the_same_seed_gives_the_same_model) {
  RandomModelOptions options;
  const TracePtr one = traced(*random_model(small_config(), options), numbers(10));
  EXPECT_EQ(weight_difference(*one, *traced(*random_model(small_config(), options), numbers(10))), 0);
  options.seed = 2;
  EXPECT_GT(weight_difference(*one, *traced(*random_model(small_config(), options), numbers(10))), 0.01f);
}

TEST(NormPlacement, each_choice_keeps_edits_equal_and_post_norm_leaves_normalised_rows) {
  for (const NormPlacement placement : {NormPlacement::Pre, NormPlacement::Post, NormPlacement::Sandwich}) {
    TransformerConfig config = small_config();
    config.norm_placement = placement;
    config.norm = NormKind::RmsNorm;
    config.norm_bias = false;
    const ModelPtr model = random_model(config);
    TraceOptions options;
    options.keep_hidden = true;
    const TracePtr full = traced(*model, numbers(20), options);
    options.previous = traced(*model, numbers(13), options);
    EXPECT_EQ(weight_difference(*full, *traced(*model, numbers(20), options)), 0);
    // Gains lie within 0.2 of 1, so the mean square of a normalised row lies around 1.
    const Matrix left = full->hidden[3].matrix();
    const Vector mean_square = left.array().square().rowwise().mean();
    const bool normalised = mean_square.minCoeff() > 0.6f && mean_square.maxCoeff() < 1.5f;
    EXPECT_EQ(normalised, placement == NormPlacement::Post) << mean_square.transpose();
  }
}

}  // namespace
}  // namespace headscope
