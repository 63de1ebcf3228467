#include "core/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/scores.h"

namespace headscope {
namespace {

MultiHeadParams random_params(int n_heads, int n_kv_heads, int head_dim, int d_model, int d_memory) {
  MultiHeadParams params;
  params.n_heads = n_heads;
  params.n_kv_heads = n_kv_heads;
  params.query_weight = Matrix::Random(n_heads * head_dim, d_model);
  params.key_weight = Matrix::Random(n_kv_heads * head_dim, d_memory);
  params.value_weight = Matrix::Random(n_kv_heads * head_dim, d_memory);
  params.output_weight = Matrix::Random(d_model, n_heads * head_dim);
  params.query_bias = Vector::Random(n_heads * head_dim);
  params.value_bias = Vector::Random(n_kv_heads * head_dim);
  return params;
}

TEST(Attention, equal_keys_average_the_values) {
  const Matrix value = Matrix::Random(5, 3);
  const HeadSteps steps = attend_one_head(Matrix::Random(2, 4), Matrix::Ones(5, 4), value, {});
  EXPECT_LE((steps.z.rowwise() - value.colwise().mean()).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
}

TEST(Attention, a_key_that_matches_perfectly_hands_over_its_value) {
  const Matrix key = 100.0f * Matrix::Identity(4, 4), value = Matrix::Random(4, 6);
  const HeadSteps steps = attend_one_head(Matrix::Identity(4, 4), key, value, {});
  EXPECT_LE((steps.z - value).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
}

TEST(Attention, every_step_follows_from_the_one_before) {
  HeadRule rule;
  rule.scale = 0.3f;
  rule.bias = Matrix::Random(5, 5);
  rule.soft_cap = 2.0f;
  rule.mask = Mask::causal();
  const HeadSteps steps =
      attend_one_head(Matrix::Random(5, 4), Matrix::Random(5, 4), Matrix::Random(5, 4), rule);
  EXPECT_LE((steps.raw - steps.query * steps.key.transpose()).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(),
            1e-6f);
  EXPECT_EQ(steps.scaled, steps.raw * 0.3f);
  EXPECT_EQ(steps.biased, steps.scaled + rule.bias);
  EXPECT_FLOAT_EQ(steps.capped(2, 1), 2.0f * std::tanh(steps.biased(2, 1) / 2.0f));
  EXPECT_EQ(steps.masked(0, 1), -std::numeric_limits<float>::infinity());
  EXPECT_EQ(steps.masked(1, 0), steps.capped(1, 0));
  EXPECT_LE((steps.weights.rowwise().sum().array() - 1.0f).abs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
}

TEST(Attention, future_tokens_receive_exactly_zero_weight) {
  MultiHeadOptions options;
  options.mask = Mask::causal();
  const Matrix x = 5.0f * Matrix::Random(9, 8);
  const MultiHeadSteps steps = multi_head_attention(x, x, random_params(2, 2, 4, 8, 8), options);
  for (const HeadSteps& head : steps.heads) {
    for (int q = 0; q < 9; ++q) {
      for (int k = q + 1; k < 9; ++k) EXPECT_EQ(head.weights(q, k), 0.0f);
    }
  }
}

TEST(Attention, the_past_does_not_see_a_change_of_the_future) {
  MultiHeadOptions options;
  options.mask = Mask::causal();
  const MultiHeadParams params = random_params(2, 1, 4, 8, 8);
  Matrix x = Matrix::Random(6, 8);
  const MultiHeadSteps before = multi_head_attention(x, x, params, options);
  x.row(5).setConstant(1e6f);
  const MultiHeadSteps after = multi_head_attention(x, x, params, options);
  EXPECT_EQ(before.output.topRows(5), after.output.topRows(5));
}

TEST(Attention, permuting_the_tokens_permutes_the_output) {
  const MultiHeadParams params = random_params(3, 3, 4, 12, 12);
  const Matrix x = Matrix::Random(7, 12);
  Eigen::PermutationMatrix<Eigen::Dynamic> order(7);
  order.indices() << 3, 0, 6, 1, 5, 2, 4;
  const Matrix shuffled = order * x;
  const Matrix expected = order * multi_head_attention(x, x, params).output;
  EXPECT_LE((multi_head_attention(shuffled, shuffled, params).output - expected)
                .cwiseAbs()
                .maxCoeff<Eigen::PropagateNaN>(),
            1e-4f);
}

TEST(Attention, grouped_queries_equal_plain_heads_with_repeated_keys_and_values) {
  const MultiHeadParams grouped = random_params(4, 2, 3, 8, 8);
  MultiHeadParams plain = grouped;
  plain.n_kv_heads = 4;
  plain.key_weight.resize(12, 8);
  plain.value_weight.resize(12, 8);
  plain.value_bias.resize(12);
  for (int head = 0; head < 4; ++head) {
    plain.key_weight.middleRows(head * 3, 3) = grouped.key_weight.middleRows(head / 2 * 3, 3);
    plain.value_weight.middleRows(head * 3, 3) = grouped.value_weight.middleRows(head / 2 * 3, 3);
    plain.value_bias.segment(head * 3, 3) = grouped.value_bias.segment(head / 2 * 3, 3);
  }
  const Matrix x = Matrix::Random(5, 8);
  const MultiHeadSteps a = multi_head_attention(x, x, grouped), b = multi_head_attention(x, x, plain);
  EXPECT_LE((a.output - b.output).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-5f);
  EXPECT_LE((a.heads[0].key - a.heads[1].key).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 0.0f);
}

TEST(Attention, cross_attention_takes_its_length_and_width_from_the_memory) {
  const Matrix x = Matrix::Random(3, 8), memory = Matrix::Random(11, 5);
  const MultiHeadSteps steps = multi_head_attention(x, memory, random_params(2, 2, 4, 8, 5));
  EXPECT_EQ(steps.heads[0].weights.rows(), 3);
  EXPECT_EQ(steps.heads[0].weights.cols(), 11);
  EXPECT_EQ(steps.output.rows(), 3);
  EXPECT_EQ(steps.output.cols(), 8);
  EXPECT_LE((steps.heads[1].weights.rowwise().sum().array() - 1.0f).abs().maxCoeff<Eigen::PropagateNaN>(),
            1e-6f);
}

TEST(Attention, an_infinite_value_behind_a_mask_stays_there) {
  HeadRule rule;
  rule.mask = Mask::causal();
  Matrix value = Matrix::Ones(3, 2);
  value.row(2).setConstant(std::numeric_limits<float>::infinity());
  const HeadSteps steps = attend_one_head(Matrix::Random(3, 2), Matrix::Random(3, 2), value, rule);
  EXPECT_TRUE(steps.z.topRows(2).allFinite());
}

TEST(Attention, another_score_function_can_take_the_place_of_the_dot_product) {
  HeadRule rule;
  rule.score = cosine_scores;
  const HeadSteps steps =
      attend_one_head(Matrix::Random(3, 4), Matrix::Random(3, 4), Matrix::Random(3, 4), rule);
  EXPECT_LE(steps.raw.cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1.0f + 1e-6f);
}

}  // namespace
}  // namespace headscope
