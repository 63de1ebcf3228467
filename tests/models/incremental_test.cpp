// After an edit only what changed is computed, and the result is that of a full pass.
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <thread>

#include "models/test_models.h"

namespace headscope {
namespace {

constexpr float kSame = 1e-6f;

int common_prefix(const std::vector<int>& a, const std::vector<int>& b) {
  return static_cast<int>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

/// One random edit: append, replace, insert, erase, or cut the end.
std::vector<int> edited(std::vector<int> ids, int vocab_size, int max_tokens, std::mt19937& random) {
  const auto at = [&](std::size_t n) { return static_cast<std::ptrdiff_t>(random() % n); };
  const int id = static_cast<int>(random() % static_cast<unsigned>(vocab_size));
  switch (random() % 5) {
    case 0:
      ids.push_back(id);
      break;
    case 1:
      ids[static_cast<std::size_t>(at(ids.size()))] = id;
      break;
    case 2:
      ids.insert(ids.begin() + at(ids.size() + 1), id);
      break;
    case 3:
      ids.erase(ids.begin() + at(ids.size()));
      break;
    default:
      ids.resize(static_cast<std::size_t>(1 + at(ids.size())));
  }
  if (ids.empty()) ids.push_back(id);
  if (static_cast<int>(ids.size()) > max_tokens) ids.resize(static_cast<std::size_t>(max_tokens));
  return ids;
}

void expect_same(const AttentionTrace& found, const AttentionTrace& full) {
  ASSERT_EQ(found.n_tokens(), full.n_tokens());
  // Every row is computed by the same chain of operations, whatever rows are computed with it.
  ASSERT_EQ(weight_difference(found, full), 0);
  ASSERT_EQ(found.next_tokens.size(), full.next_tokens.size());
  for (std::size_t row = 0; row < full.next_tokens.size(); ++row) {
    ASSERT_EQ(found.next_tokens[row].size(), full.next_tokens[row].size());
    for (std::size_t i = 0; i < full.next_tokens[row].size(); ++i) {
      ASSERT_EQ(found.next_tokens[row][i].probability, full.next_tokens[row][i].probability);
      ASSERT_EQ(found.next_tokens[row][i].id, full.next_tokens[row][i].id);
    }
  }
}

class Incremental : public testing::TestWithParam<const char*> {};

TEST_P(Incremental, random_edits_give_what_a_full_pass_gives) {
  const std::string name = GetParam();
  const ModelPtr model = loaded(name == "stories" ? name : HEADSCOPE_SHARED_DIR "/" + name);
  ASSERT_TRUE(model);
  std::mt19937 random(11);
  std::vector<int> ids = {1, 2, 1, 0};
  TracePtr previous = traced(*model, ids);
  std::vector<std::pair<std::vector<int>, TracePtr>> history;
  for (int step = 0; step < 120; ++step) {
    // Now and then an older state is edited, as after an undo.
    if (!history.empty() && random() % 6 == 0) std::tie(ids, previous) = history[random() % history.size()];
    const std::vector<int> next = edited(ids, model->shape().vocab_size, model->max_tokens(), random);
    TraceOptions options;
    options.previous = previous;
    const TracePtr trace = traced(*model, next, options);
    ASSERT_EQ(trace->n_computed, static_cast<int>(next.size()) - common_prefix(next, ids));
    // The full pass runs every third time, so that the engine's own memory stays in use in between.
    if (step % 3 == 0) expect_same(*trace, *traced(*model, next));
    history.emplace_back(next, trace);
    ids = next;
    previous = trace;
  }
  for (const auto& [known_ids, trace] : history) expect_same(*trace, *traced(*model, known_ids));
}

INSTANTIATE_TEST_SUITE_P(Models, Incremental,
                         testing::Values("fixtures/checkpoints/gpt2-tiny", "fixtures/checkpoints/llama-tiny",
                                         "fixtures/checkpoints/mistral-tiny",
                                         "fixtures/checkpoints/gemma2-tiny", "fixtures/checkpoints/neox-tiny",
                                         "fixtures/checkpoints/qwen2-tiny", "fixtures/checkpoints/qwen3-tiny",
                                         "fixtures/checkpoints/gpt2-f16", "fixtures/checkpoints/text-gpt2",
                                         "fixtures/checkpoints/hard-tied-scores-gpt2",
                                         "fixtures/checkpoints/llama-bf16-sharded",
                                         "fixtures/checkpoints/hard-large-scores-llama",
                                         "models/gpt-nano-sort", "models/stories260K", "stories"),
                         [](const auto& name) {
                           std::string text = name.param;
                           text = text.substr(text.rfind('/') + 1);
                           std::ranges::replace(text, '-', '_');
                           return text;
                         });

TEST(Incremental, rows_before_an_edit_are_shared_bit_for_bit) {
  const ModelPtr model = loaded(kModels + "stories260K");
  std::vector<int> ids(100, 300);
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int>(3 + i * 7 % 500);
  const TracePtr before = traced(*model, ids);
  ids[70] = 5;
  TraceOptions options;
  options.previous = before;
  const TracePtr after = traced(*model, ids, options);
  EXPECT_EQ(after->n_computed, 30);
  for (std::size_t layer = 0; layer < before->layers.size(); ++layer) {
    const Matrix a = before->layers[layer]->weights(3), b = after->layers[layer]->weights(3);
    EXPECT_EQ(a.topRows(70), b.topRows(70));
    EXPECT_NE(a.row(70), b.row(70));
  }
}

TEST(Incremental, hidden_states_and_logits_grow_with_the_text) {
  const ModelPtr model = loaded(kFixtures + "checkpoints/gpt2-tiny");
  TraceOptions options;
  options.keep_hidden = options.keep_logits = options.keep_last_logits = true;
  options.previous = traced(*model, {5, 6, 7, 8, 9}, options);
  const TracePtr grown = traced(*model, {5, 6, 7, 1, 2, 3}, options);
  EXPECT_EQ(grown->n_computed, 3);
  options.previous = nullptr;
  const TracePtr full = traced(*model, {5, 6, 7, 1, 2, 3}, options);
  ASSERT_EQ(grown->hidden.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_LE((grown->hidden[i].matrix() - full->hidden[i].matrix()).cwiseAbs().maxCoeff(), 1e-5f);
  }
  EXPECT_LE((grown->logits.matrix() - full->logits.matrix()).cwiseAbs().maxCoeff(), 1e-5f);
  EXPECT_EQ(grown->last_logits, Vector(grown->logits.row(5)));
}

TEST(Incremental, what_the_trace_before_lacks_is_computed_again) {
  const ModelPtr model = loaded(kFixtures + "checkpoints/gpt2-tiny");
  TraceOptions bare;
  bare.n_next_tokens = 0;
  TraceOptions options;
  options.previous = traced(*model, {5, 6, 7, 8}, bare);
  EXPECT_EQ(traced(*model, {5, 6, 7, 8}, bare)->next_tokens.size(), 0u);
  const TracePtr trace = traced(*model, {5, 6, 7, 8}, options);
  EXPECT_EQ(trace->n_computed, 4) << "every position's next tokens are wanted";
  options.next_tokens = TraceOptions::NextTokens::Last;
  const TracePtr last = traced(*model, {5, 6, 7, 8}, options);
  EXPECT_EQ(last->n_computed, 1);
  EXPECT_TRUE(last->next_tokens[2].empty());
  EXPECT_EQ(last->next_tokens[3][0].id, trace->next_tokens[3][0].id);
  options.keep_hidden = true;
  EXPECT_EQ(traced(*model, {5, 6, 7, 8}, options)->n_computed, 4);
}

TEST(Incremental, a_trace_of_another_model_of_that_name_is_not_believed) {
  const ModelPtr one = loaded(kFixtures + "checkpoints/gpt2-tiny"),
                 two = loaded(kFixtures + "checkpoints/gpt2-tiny");
  TraceOptions options;
  options.previous = traced(*one, {5, 6, 7, 8});
  EXPECT_EQ(traced(*two, {5, 6, 7, 8}, options)->n_computed, 4);
  EXPECT_EQ(traced(*one, {5, 6, 7, 8}, options)->n_computed, 0);
}

TEST(KeptWeights, computing_them_when_asked_gives_the_same_numbers) {
  const ModelPtr model = loaded(kModels + "stories260K");
  std::vector<int> ids;
  for (int i = 0; i < 150; ++i) ids.push_back(3 + i * 13 % 500);
  TraceOptions options;
  const TracePtr kept = traced(*model, ids, options);
  options.keep_weights = false;
  const TracePtr asked = traced(*model, ids, options);
  EXPECT_TRUE(kept->layers[2]->keeps_weights());
  EXPECT_FALSE(asked->layers[2]->keeps_weights());
  EXPECT_LE(weight_difference(*kept, *asked), kSame);
  std::vector<float> row(150);
  asked->layers[2]->weights_row(4, 77, row);
  EXPECT_LE((Eigen::Map<Vector>(row.data(), 150).transpose() - kept->layers[2]->weights(4).row(77))
                .cwiseAbs()
                .maxCoeff(),
            kSame);
}

TEST(KeptWeights, more_than_the_limit_are_not_kept_and_the_trace_says_so) {
  const ModelPtr model = loaded(kModels + "stories260K");
  TraceOptions options;
  options.max_weight_bytes = 5 * 8 * 10 * sizeof(float);  // five layers of eight heads, four tokens
  EXPECT_TRUE(traced(*model, {1, 2, 3, 4}, options)->layers[0]->keeps_weights());
  options.previous = traced(*model, {1, 2, 3, 4}, options);
  const TracePtr longer = traced(*model, {1, 2, 3, 4, 5}, options);
  EXPECT_FALSE(longer->layers[0]->keeps_weights());
  EXPECT_EQ(weight_difference(*longer, *traced(*model, {1, 2, 3, 4, 5})), 0);
}

TEST(Weights, future_tokens_receive_exactly_zero_weight_and_rows_sum_to_one) {
  const ModelPtr model = loaded(kModels + "stories260K");
  std::vector<int> ids;
  for (int i = 0; i < 130; ++i) ids.push_back(3 + i * 13 % 500);
  const TracePtr trace = traced(*model, ids);
  for (const AttentionLayerPtr& layer : trace->layers) {
    for (int head = 0; head < layer->n_heads(); ++head) {
      const Matrix weights = layer->weights(head);
      EXPECT_TRUE((weights.triangularView<Eigen::StrictlyUpper>().toDenseMatrix().array() == 0).all());
      EXPECT_LE((weights.rowwise().sum().array() - 1).abs().maxCoeff(), 1e-5f);
    }
  }
}

}  // namespace
}  // namespace headscope
