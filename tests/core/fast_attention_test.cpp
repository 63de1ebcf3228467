#include "core/fast_attention.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "core/kernels/kernels.h"
#include "core/special_floats.h"
#include "core/types.h"

namespace headscope {
namespace {

/// What a head computes, as matrices.
struct Head {
  Matrix query, key, value, bias;
  float scale = 0.25f, soft_cap = 0.0f;
  std::vector<KeyRange> ranges;
  BoolMatrix holes;
};
struct Answer {
  Matrix weights, z, scores;
};

std::vector<const kernels::Table*> all_tables() {
  const kernels::Table* const* tables = nullptr;
  const int n = kernels::available_tables(&tables);
  return {tables, tables + n};
}

/// Rows [first, first + n) of the head; outputs lie in a frame of 7 that must not be touched.
Answer run(const kernels::Table& table, const Head& head, int first, int n) {
  const auto n_key = static_cast<int>(head.key.rows());
  HeadJob job;
  job.query = head.query.row(first).data();
  job.key = head.key.data();
  job.value = head.value.data();
  job.query_stride = head.query.cols();
  job.key_stride = head.key.cols();
  job.value_stride = head.value.cols();
  job.n_query = n;
  job.n_key = n_key;
  job.head_dim = static_cast<int>(head.query.cols());
  job.value_dim = static_cast<int>(head.value.cols());
  job.scale = head.scale;
  job.soft_cap = head.soft_cap;
  if (head.bias.size()) {
    job.bias = head.bias.row(first).data();
    job.bias_stride = n_key;
  }
  if (!head.ranges.empty()) job.ranges = head.ranges.data() + first;
  if (head.holes.size()) {
    job.visible = head.holes.row(first).data();
    job.visible_stride = n_key;
  }
  Matrix weights = Matrix::Constant(n, n_key + 3, 7.0f), z = Matrix::Constant(n, head.value.cols() + 5, 7.0f);
  Matrix scores = Matrix::Constant(n, n_key + 1, 7.0f);
  job.weights = weights.data();
  job.weights_stride = weights.cols();
  job.z = z.data();
  job.z_stride = z.cols();
  job.scores = scores.data();
  job.scores_stride = scores.cols();
  kernels::attend_head(table, job);
  EXPECT_TRUE((weights.rightCols(3).array() == 7.0f).all());
  EXPECT_TRUE((z.rightCols(5).array() == 7.0f).all());
  EXPECT_TRUE((scores.rightCols(1).array() == 7.0f).all());
  return {weights.leftCols(n_key), z.leftCols(head.value.cols()), scores.leftCols(n_key)};
}
Answer run(const kernels::Table& table, const Head& head) {
  return run(table, head, 0, static_cast<int>(head.query.rows()));
}

bool sees(const Head& head, int query, int key) {
  if (!head.ranges.empty()) {
    const KeyRange range = head.ranges[static_cast<std::size_t>(query)];
    if (key < range.first || key >= range.last) return false;
  }
  return head.holes.size() == 0 || head.holes(query, key);
}

/// The same in double precision, number by number.
Answer slowly(const Head& head) {
  const auto n_query = static_cast<int>(head.query.rows()), n_key = static_cast<int>(head.key.rows());
  Answer answer{Matrix::Zero(n_query, n_key), Matrix::Zero(n_query, head.value.cols()),
                Matrix::Constant(n_query, n_key, -kInfinity)};
  for (int q = 0; q < n_query; ++q) {
    std::vector<double> score(static_cast<std::size_t>(n_key), -std::numeric_limits<double>::infinity());
    double peak = -std::numeric_limits<double>::infinity(), sum = 0.0;
    for (int k = 0; k < n_key; ++k) {
      if (!sees(head, q, k)) continue;
      double s = head.query.row(q).cast<double>().dot(head.key.row(k).cast<double>()) * head.scale;
      if (head.bias.size()) s += head.bias(q, k);
      if (head.soft_cap != 0.0f) s = head.soft_cap * std::tanh(s / head.soft_cap);
      score[static_cast<std::size_t>(k)] = s;
      peak = std::max(peak, s);
      answer.scores(q, k) = static_cast<float>(s);
    }
    for (double s : score) sum += s > -1e300 ? std::exp(s - peak) : 0.0;
    for (int k = 0; k < n_key; ++k) {
      if (!sees(head, q, k)) continue;
      const double weight = std::exp(score[static_cast<std::size_t>(k)] - peak) / sum;
      answer.weights(q, k) = static_cast<float>(weight);
      answer.z.row(q) += (weight * head.value.row(k).cast<double>()).cast<float>();
    }
  }
  return answer;
}

void expect_equal(const Answer& got, const Answer& expected, float tolerance, const std::string& where) {
  EXPECT_LE((got.weights - expected.weights).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), tolerance) << where;
  EXPECT_LE((got.z - expected.z).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), tolerance) << where;
  const auto seen = expected.scores.array() > -kInfinity;
  EXPECT_LE(seen.select(got.scores - expected.scores, 0.0f).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(),
            4 * tolerance)
      << where;
  EXPECT_TRUE((seen || got.scores.array() == -kInfinity).all()) << where;
  EXPECT_TRUE((seen || got.weights.array() == 0.0f).all()) << where;
}

Head random_head(int n_query, int n_key, int head_dim, int value_dim) {
  Head head;
  head.query = 2.0f * Matrix::Random(n_query, head_dim);
  head.key = 2.0f * Matrix::Random(n_key, head_dim);
  head.value = Matrix::Random(n_key, value_dim);
  return head;
}

TEST(FastAttention, every_instruction_set_agrees_with_double_precision_for_every_shape) {
  for (const kernels::Table* table : all_tables()) {
    for (int n : {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 47, 48, 49, 64, 65, 100}) {
      for (const auto& [head_dim, value_dim] :
           {std::pair{1, 1}, {3, 5}, {8, 8}, {16, 16}, {20, 12}, {64, 64}, {80, 33}}) {
        Head head = random_head(n, n, head_dim, value_dim);
        const std::string where =
            std::string(table->name) + " n " + std::to_string(n) + " dim " + std::to_string(head_dim);
        expect_equal(run(*table, head), slowly(head), 5e-6f, where + " full");
        head.ranges = causal_ranges(0, n, n);
        expect_equal(run(*table, head), slowly(head), 5e-6f, where + " causal");
      }
    }
  }
}

TEST(FastAttention, windows_holes_bias_and_cap_agree_with_double_precision) {
  for (const kernels::Table* table : all_tables()) {
    for (const auto& [n_query, n_key, first] :
         {std::array{40, 40, 0}, {7, 40, 33}, {1, 100, 99}, {13, 70, 20}}) {
      Head head = random_head(n_query, n_key, 24, 24);
      head.ranges = causal_ranges(first, n_query, n_key, 9);
      expect_equal(run(*table, head), slowly(head), 5e-6f, "window");
      head.bias = Matrix::Random(n_query, n_key);
      expect_equal(run(*table, head), slowly(head), 5e-6f, "bias");
      head.soft_cap = 3.0f;
      expect_equal(run(*table, head), slowly(head), 5e-6f, "cap");
      head.holes = (Matrix::Random(n_query, n_key).array() > -0.5f);
      for (int q = 0; q < n_query; ++q) head.holes(q, first + q) = true;
      expect_equal(run(*table, head), slowly(head), 5e-6f, "holes");
    }
  }
}

TEST(FastAttention, cross_attention_has_its_own_number_of_keys) {
  for (const kernels::Table* table : all_tables()) {
    const Head head = random_head(5, 83, 16, 16);
    expect_equal(run(*table, head), slowly(head), 5e-6f, table->name);
  }
}

TEST(FastAttention, a_row_computed_alone_has_the_same_bits) {
  for (const kernels::Table* table : all_tables()) {
    for (int window : {0, 11}) {
      Head head = random_head(70, 70, 32, 32);
      head.ranges = causal_ranges(0, 70, 70, window);
      const Answer all = run(*table, head);
      for (const auto& [first, n] : {std::pair{69, 1}, {0, 1}, {33, 1}, {40, 30}, {13, 5}}) {
        const Answer some = run(*table, head, first, n);
        EXPECT_EQ(some.weights, all.weights.middleRows(first, n)) << table->name;
        EXPECT_EQ(some.z, all.z.middleRows(first, n)) << table->name;
      }
    }
  }
}

TEST(FastAttention, rows_sum_to_one_at_every_length_up_to_8192_tokens) {
  for (const kernels::Table* table : all_tables()) {
    for (int n_key : {1, 100, 1024, 4096, 8192}) {
      const Answer answer = run(*table, random_head(3, n_key, 16, 16));
      EXPECT_LE((answer.weights.rowwise().sum().array() - 1.0f).abs().maxCoeff<Eigen::PropagateNaN>(), 1e-5f)
          << table->name << n_key;
    }
  }
}

TEST(FastAttention, long_rows_at_any_address_agree_with_double_precision) {
  for (const kernels::Table* table : all_tables()) {
    for (int n_key : {511, 512, 530, 1023, 1030}) {  // an odd stride moves every row to another address
      Head head = random_head(20, n_key, 8, 8);
      expect_equal(run(*table, head), slowly(head), 5e-6f, table->name);
      head.ranges = causal_ranges(n_key - 20, 20, n_key, 520);
      expect_equal(run(*table, head), slowly(head), 5e-6f, table->name);
    }
  }
}

TEST(FastAttention, tied_scores_get_equal_weights) {
  for (const kernels::Table* table : all_tables()) {
    Head head = random_head(50, 50, 8, 8);
    head.key = head.key.row(0).replicate(50, 1).eval();
    head.ranges = causal_ranges(0, 50, 50);
    const Answer answer = run(*table, head);
    for (int q = 0; q < 50; ++q) {
      EXPECT_TRUE((answer.weights.row(q).head(q + 1).array() == answer.weights(q, 0)).all());
      EXPECT_NEAR(answer.weights(q, 0), 1.0f / static_cast<float>(q + 1), 1e-7f);
    }
  }
}

TEST(FastAttention, adding_a_constant_to_all_scores_of_a_row_changes_nothing) {
  for (const kernels::Table* table : all_tables()) {
    Head head = random_head(20, 20, 8, 8);
    const Answer before = run(*table, head);
    head.bias = Matrix::Constant(20, 20, 4.0f);
    EXPECT_LE((run(*table, head).weights - before.weights).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
  }
}

TEST(FastAttention, a_row_without_a_visible_key_is_zero_and_its_neighbours_do_not_mind) {
  for (const kernels::Table* table : all_tables()) {
    Head head = random_head(12, 12, 8, 8);
    head.ranges = causal_ranges(0, 12, 12);
    const Answer before = run(*table, head);
    head.ranges[5] = {};
    head.holes = BoolMatrix::Constant(12, 12, true);
    head.holes.row(7).setConstant(false);
    const Answer after = run(*table, head);
    Answer expected = before;
    for (int hidden : {5, 7}) {
      expected.weights.row(hidden).setZero();
      expected.z.row(hidden).setZero();
    }
    EXPECT_EQ(after.weights, expected.weights);
    EXPECT_EQ(after.z, expected.z);
    head.ranges.assign(12, KeyRange{});
    EXPECT_TRUE((run(*table, head).weights.array() == 0.0f).all());
    EXPECT_TRUE((run(*table, head).scores.array() == -kInfinity).all());
  }
}

TEST(FastAttention, infinite_scores_share_the_row_and_nan_shows) {
  for (const kernels::Table* table : all_tables()) {
    Head head = random_head(4, 4, 2, 3);
    head.bias = Matrix::Zero(4, 4);
    head.bias(1, 2) = head.bias(1, 3) = kInfinity;
    head.bias(2, 0) = kNaN;
    head.bias(3, 1) = -kInfinity;
    const Answer answer = run(*table, head);
    EXPECT_EQ(answer.weights(1, 2), 0.5f);
    EXPECT_EQ(answer.weights(1, 3), 0.5f);
    EXPECT_EQ(answer.weights(1, 0), 0.0f);
    EXPECT_TRUE(std::isnan(answer.weights(2, 1)));
    EXPECT_EQ(answer.weights(3, 1), 0.0f);
    EXPECT_NEAR(answer.weights.row(3).sum(), 1.0f, 1e-6f);
    EXPECT_NEAR(answer.weights.row(0).sum(), 1.0f, 1e-6f);
    EXPECT_TRUE(answer.z.row(3).allFinite());
  }
}

TEST(FastAttention, huge_inputs_do_not_make_nan) {
  for (const kernels::Table* table : all_tables()) {
    Head head = random_head(9, 9, 4, 4);
    head.query *= 1e15f;
    head.key *= 1e15f;
    head.ranges = causal_ranges(0, 9, 9);
    const Answer answer = run(*table, head);
    EXPECT_LE((answer.weights.rowwise().sum().array() - 1.0f).abs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
    EXPECT_TRUE(answer.z.allFinite());
  }
}

TEST(FastAttention, an_infinite_value_reaches_only_the_rows_that_see_it) {
  for (const kernels::Table* table : all_tables()) {
    Head head = random_head(20, 20, 4, 4);
    head.ranges = causal_ranges(0, 20, 20);
    const Answer before = run(*table, head);
    head.value.row(13).setConstant(kInfinity);
    const Answer after = run(*table, head);
    EXPECT_LE((after.z.topRows(13) - before.z.topRows(13)).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f)
        << table->name;
    EXPECT_TRUE((after.z.bottomRows(7).array() == kInfinity).all()) << table->name;
    EXPECT_EQ(after.weights, before.weights);
  }
}

TEST(FastAttention, zeros_outside_the_ranges_can_be_left_to_the_caller) {
  for (const kernels::Table* table : all_tables()) {
    const Head head = random_head(40, 40, 8, 8);
    const std::vector<KeyRange> ranges = causal_ranges(0, 40, 40);
    Matrix weights = Matrix::Zero(40, 40), expected = Matrix::Constant(40, 40, 9.0f);
    HeadJob job;
    job.query = head.query.data();
    job.key = head.key.data();
    job.query_stride = job.key_stride = job.head_dim = 8;
    job.n_query = job.n_key = 40;
    job.ranges = ranges.data();
    job.weights = expected.data();
    job.weights_stride = 40;
    kernels::attend_head(*table, job);
    job.weights = weights.data();
    job.outside_is_zero = true;
    kernels::attend_head(*table, job);
    EXPECT_EQ(weights, expected);
  }
}

}  // namespace
}  // namespace headscope
