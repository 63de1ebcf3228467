#include "scene/explain.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "scene/fake_trace.h"
#include "scene/thumbnails.h"

namespace headscope {
namespace {

using testing::random_trace;
using testing::some_words;

TEST(Explain, the_numbers_of_an_edge_lead_to_its_weight) {
  const AttentionTrace trace = random_trace(some_words(9), 2, 2);
  for (int query = 0; query < 9; ++query)
    for (int key = 0; key <= query; ++key) {
      const EdgeNumbers n = explain_edge(trace, {1, 1}, query, key);
      EXPECT_FALSE(n.masked);
      EXPECT_NEAR(n.dot * n.scale + n.added, n.score, 1e-5f);
      EXPECT_NEAR(n.exp / n.row_sum, n.weight, 1e-5f);
      EXPECT_NEAR(n.added, 0, 1e-5f) << "this layer adds nothing";
    }
}

TEST(Explain, a_masked_edge_says_so) {
  const EdgeNumbers n = explain_edge(random_trace(some_words(5), 1, 1), {0, 0}, 1, 3);
  EXPECT_TRUE(n.masked);
  EXPECT_EQ(n.weight, 0);
  EXPECT_EQ(n.exp, 0);
  EXPECT_GT(n.row_sum, 0);
}

TEST(Explain, a_row_sums_to_one) {
  const std::vector<float> row = explain_row(random_trace(some_words(9), 1, 1), {0, 0}, 6);
  EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0f), 1, 1e-5f);
}

TEST(Explain, a_row_of_several_heads_is_what_their_rows_combine_to) {
  const AttentionTrace trace = random_trace(some_words(9), 2, 2);
  const std::vector<HeadRef> heads = {{0, 1}, {1, 0}, {1, 1}};
  std::vector<std::vector<float>> rows;
  for (const HeadRef& head : heads) rows.push_back(explain_row(trace, head, 6));
  for (const HeadMix mix : {HeadMix::Mean, HeadMix::Max, HeadMix::Sum}) {
    const std::vector<float> all = explain_mixed_row(trace, heads, mix, 6);
    ASSERT_EQ(all.size(), rows[0].size());
    for (std::size_t k = 0; k < all.size(); ++k) {
      const float sum = rows[0][k] + rows[1][k] + rows[2][k];
      const float expected = mix == HeadMix::Max    ? std::max({rows[0][k], rows[1][k], rows[2][k]})
                             : mix == HeadMix::Mean ? sum / 3
                                                    : sum;
      EXPECT_FLOAT_EQ(all[k], expected) << k;
    }
  }
  EXPECT_EQ(explain_mixed_row(trace, std::span(heads).first(1), HeadMix::Mean, 6), rows[0]);
}

TEST(Explain, what_tokens_get_is_what_tokens_give) {
  const AttentionTrace trace = random_trace(some_words(9), 1, 1);
  float incoming = 0;
  for (int token = 0; token < 9; ++token) {
    const TokenNumbers n = explain_token(trace, {0, 0}, token);
    incoming += n.incoming_sum;
    EXPECT_EQ(n.n_looking, 9 - token);
    const std::vector<float> row = explain_row(trace, {0, 0}, token);
    EXPECT_EQ(n.strongest_weight, *std::max_element(row.begin(), row.end()));
    EXPECT_EQ(n.own_weight, row[static_cast<std::size_t>(token)]);
    EXPECT_EQ(explain_row(trace, {0, 0}, n.strongest_query)[static_cast<std::size_t>(token)],
              n.strongest_incoming);
  }
  EXPECT_NEAR(incoming, 9, 1e-4f);
}

TEST(Explain, a_heads_numbers_are_those_of_its_weights) {
  const AttentionTrace trace = random_trace(some_words(9), 1, 2);
  EXPECT_FLOAT_EQ(explain_head(trace, {0, 1}).entropy_bits,
                  head_metrics(trace.layers[0]->weights(1), {}).entropy_bits);
}

TEST(Thumbnails, small_inputs_are_shown_whole) {
  const AttentionTrace trace = random_trace(some_words(10), 2, 3);
  const std::vector<HeadThumbnail> all = head_thumbnails(trace, 32);
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all[4].head, (HeadRef{1, 1}));
  const Matrix weights = trace.layers[1]->weights(1);
  for (int q = 0; q < 10; ++q)
    for (int k = 0; k < 10; ++k) EXPECT_EQ(all[4].grid[static_cast<std::size_t>(q * 10 + k)], weights(q, k));
}

TEST(Thumbnails, the_largest_weight_of_every_cell_survives) {
  const AttentionTrace trace = random_trace(some_words(101), 1, 1);
  const HeadThumbnail small = head_thumbnail(trace, {0, 0}, 24);
  EXPECT_LE(small.rows, 24);
  EXPECT_LE(small.cols, 24);
  const Matrix weights = trace.layers[0]->weights(0);
  const int per_cell = (101 + 23) / 24;
  std::vector<float> expected(small.grid.size(), 0);
  for (int q = 0; q < 101; ++q)
    for (int k = 0; k < 101; ++k) {
      float& cell = expected[static_cast<std::size_t>(q / per_cell * small.cols + k / per_cell)];
      cell = std::max(cell, weights(q, k));
    }
  EXPECT_EQ(small.grid, expected);
}

TEST(Thumbnails, layers_that_are_not_computed_yet_are_left_out) {
  AttentionTrace trace = random_trace(some_words(4), 3, 2);
  trace.layers[1] = nullptr;
  EXPECT_EQ(head_thumbnails(trace, 8).size(), 4u);
}

}  // namespace
}  // namespace headscope
