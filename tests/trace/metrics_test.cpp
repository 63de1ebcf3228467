#include "trace/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace headscope {
namespace {

/// Every query looks at itself and everything before it alike.
Matrix even(int n) {
  Matrix weights = Matrix::Zero(n, n);
  for (int query = 0; query < n; ++query) weights.row(query).head(query + 1).setConstant(1.0f / (query + 1));
  return weights;
}

/// Query q looks at key_of(q) alone.
template <class KeyOf>
Matrix pointing(int n, KeyOf key_of) {
  Matrix weights = Matrix::Zero(n, n);
  for (int query = 0; query < n; ++query) weights(query, key_of(query)) = 1;
  return weights;
}

TEST(RowEntropy, is_zero_for_one_key_and_log2_n_for_n_keys_alike) {
  const std::vector<float> one = {0, 1, 0}, four(4, 0.25f), uneven = {0.5f, 0.25f, 0.25f};
  EXPECT_EQ(row_entropy_bits(one), 0);
  EXPECT_FLOAT_EQ(row_entropy_bits(four), 2);
  EXPECT_FLOAT_EQ(row_entropy_bits(uneven), 1.5f);
  EXPECT_EQ(row_entropy_bits(std::vector<float>(3, 0.0f)), 0) << "a row without weight has none";
}

TEST(RowMeanDistance, weighs_how_far_away_each_key_is) {
  const std::vector<float> row = {0.5f, 0, 0.25f, 0.25f};
  EXPECT_FLOAT_EQ(row_mean_distance(row, 3), 0.5f * 3 + 0.25f * 1);
  EXPECT_FLOAT_EQ(row_mean_distance(row, 0), 0.25f * 2 + 0.25f * 3) << "keys after the query count too";
}

TEST(HeadMetrics, of_a_previous_token_head) {
  const HeadMetrics metrics = head_metrics(pointing(6, [](int q) { return std::max(q - 1, 0); }), {});
  EXPECT_FLOAT_EQ(metrics.previous_token, 1);
  EXPECT_FLOAT_EQ(metrics.first_token, 0.2f) << "only query 1 looks at the first token";
  EXPECT_FLOAT_EQ(metrics.own_token, 1.0f / 6) << "the first query has nothing before it";
  EXPECT_FLOAT_EQ(metrics.mean_distance, 5.0f / 6);
  EXPECT_EQ(metrics.entropy_bits, 0);
  EXPECT_FLOAT_EQ(metrics.peak, 1);
  EXPECT_FALSE(metrics.induction.has_value()) << "no ids, no repetition";
  EXPECT_EQ(head_role(metrics, 6), "previous token");
}

TEST(HeadMetrics, of_an_even_head) {
  const HeadMetrics metrics = head_metrics(even(5), {});
  EXPECT_FLOAT_EQ(metrics.entropy_bits, (0 + 1 + std::log2(3.0f) + 2 + std::log2(5.0f)) / 5);
  EXPECT_FLOAT_EQ(metrics.first_token, (1.0f / 2 + 1.0f / 3 + 1.0f / 4 + 1.0f / 5) / 4);
  EXPECT_EQ(head_role(head_metrics(even(40), {}), 40), "spread");
}

TEST(HeadMetrics, of_an_induction_head_on_a_repeated_phrase) {
  const std::vector<int> ids = {7, 8, 9, 7, 8, 9};
  // Queries 3 to 5 repeat 0 to 2 and look at what followed: 1, 2, 3.
  const Matrix weights = pointing(6, [](int q) { return q >= 3 ? q - 2 : 0; });
  const HeadMetrics metrics = head_metrics(weights, ids);
  EXPECT_FLOAT_EQ(metrics.induction.value(), 1);
  EXPECT_FLOAT_EQ(metrics.duplicate_token.value(), 0);
  EXPECT_EQ(head_role(metrics, 6), "induction");
}

TEST(HeadMetrics, of_a_duplicate_token_head) {
  const std::vector<int> ids = {7, 8, 9, 7, 8, 9};
  const HeadMetrics metrics = head_metrics(pointing(6, [](int q) { return q >= 3 ? q - 3 : 0; }), ids);
  EXPECT_FLOAT_EQ(metrics.duplicate_token.value(), 1);
  EXPECT_FLOAT_EQ(metrics.induction.value(), 0);
}

TEST(HeadMetrics, a_token_twice_in_a_row_says_nothing_about_copying) {
  const std::vector<int> ids = {7, 7};
  const HeadMetrics metrics = head_metrics(pointing(2, [](int q) { return q; }), ids);
  EXPECT_FALSE(metrics.induction.has_value());
  EXPECT_TRUE(metrics.duplicate_token.has_value());
}

TEST(HeadMetrics, one_token_has_no_neighbours_and_no_role) {
  const HeadMetrics metrics = head_metrics(even(1), std::vector<int>{3});
  EXPECT_EQ(metrics.previous_token, 0);
  EXPECT_FLOAT_EQ(metrics.own_token, 1);
  EXPECT_EQ(head_role(metrics, 1), "");
}

}  // namespace
}  // namespace headscope
