#include "core/softmax.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/special_floats.h"

namespace headscope {
namespace {

Matrix row(std::initializer_list<float> values) {
  Matrix m(1, static_cast<Eigen::Index>(values.size()));
  Eigen::Index i = 0;
  for (float value : values) m(0, i++) = value;
  return m;
}

TEST(Softmax, two_logits_give_the_logistic_function) {
  const Matrix weights = softmax(row({0.0f, std::log(3.0f)}));
  EXPECT_FLOAT_EQ(weights(0, 0), 0.25f);
  EXPECT_FLOAT_EQ(weights(0, 1), 0.75f);
}

TEST(Softmax, rows_sum_to_one_and_a_constant_changes_nothing) {
  const Matrix logits = 10.0f * Matrix::Random(20, 37);
  const Matrix weights = softmax(logits);
  EXPECT_LE((weights.rowwise().sum().array() - 1.0f).abs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
  // A power of two, so that adding it rounds nothing away from the differences.
  const Matrix shifted = softmax((logits.array() * 1024.0f).round().matrix() / 1024.0f);
  const Matrix moved = softmax(((logits.array() * 1024.0f).round() / 1024.0f + 64.0f).matrix());
  EXPECT_LE((shifted - moved).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-6f);
}

TEST(Softmax, huge_logits_do_not_overflow) {
  const Matrix weights = softmax(row({1e30f, -1e30f, 1e30f}));
  EXPECT_EQ(weights, row({0.5f, 0.0f, 0.5f}));
}

TEST(Softmax, tied_logits_get_equal_shares) {
  for (int n : {1, 2, 3, 7, 64, 1000}) {
    const Matrix weights = softmax(Matrix::Constant(1, n, 123.456f));
    EXPECT_TRUE((weights.array() == 1.0f / static_cast<float>(n)).all()) << n;
  }
}

TEST(Softmax, a_masked_weight_is_exactly_zero_whatever_its_logit) {
  BoolMatrix visible(1, 4);
  visible << true, false, true, false;
  for (float hidden : {0.0f, 1e30f, kInfinity, -kInfinity, kNaN}) {
    const Matrix weights = softmax(row({1.0f, hidden, 1.0f, hidden}), visible);
    EXPECT_EQ(weights, row({0.5f, 0.0f, 0.5f, 0.0f}));
  }
}

TEST(Softmax, a_fully_masked_row_is_zero_and_not_nan) {
  EXPECT_EQ(softmax(row({1.0f, 2.0f}), BoolMatrix::Constant(1, 2, false)), row({0.0f, 0.0f}));
  EXPECT_EQ(softmax(row({-kInfinity, -kInfinity})), row({0.0f, 0.0f}));
}

TEST(Softmax, infinite_logits_share_the_row) {
  EXPECT_EQ(softmax(row({3.0f, kInfinity, -kInfinity, kInfinity})), row({0.0f, 0.5f, 0.0f, 0.5f}));
}

TEST(Softmax, nan_is_not_hidden) {
  BoolMatrix visible(1, 3);
  visible << true, true, false;
  const Matrix weights = softmax(row({1.0f, kNaN, 1.0f}), visible);
  EXPECT_TRUE(std::isnan(weights(0, 0)));
  EXPECT_TRUE(std::isnan(weights(0, 1)));
  EXPECT_EQ(weights(0, 2), 0.0f);
}

TEST(Softmax, temperature_sharpens_and_zero_picks_the_largest) {
  const Matrix logits = row({1.0f, 2.0f, 2.0f});
  const Matrix cold = softmax(logits, 0.5f), same = softmax(2.0f * logits);
  EXPECT_LE((cold - same).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-7f);
  EXPECT_EQ(softmax(logits, 0.0f), row({0.0f, 0.5f, 0.5f}));
}

TEST(Softmax, soft_cap_is_the_identity_near_zero_and_never_exceeds_the_cap) {
  EXPECT_NEAR(soft_cap(0.01f, 50.0f), 0.01f, 1e-8f);
  EXPECT_LE(soft_cap(1e9f, 50.0f), 50.0f);
  EXPECT_GE(soft_cap(-kInfinity, 50.0f), -50.0f);
  EXPECT_EQ(soft_cap(1e9f, 0.0f), 1e9f);
}

TEST(Softmax, the_gradient_agrees_with_central_differences) {
  const Matrix logits = Matrix::Random(3, 5), grad = Matrix::Random(3, 5);
  const float temperature = 0.7f, step = 1e-2f;
  const Matrix analytic = softmax_backward(softmax(logits, temperature), grad, temperature);
  for (int q = 0; q < 3; ++q) {
    for (int k = 0; k < 5; ++k) {
      Matrix up = logits, down = logits;
      up(q, k) += step;
      down(q, k) -= step;
      const float change =
          (softmax(up, temperature) - softmax(down, temperature)).cwiseProduct(grad).sum() / (2 * step);
      EXPECT_NEAR(analytic(q, k), change, 2e-4f);
    }
  }
}

}  // namespace
}  // namespace headscope
