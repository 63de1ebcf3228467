#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/feed_forward.h"
#include "core/norm.h"
#include "core/scores.h"

namespace headscope {
namespace {

TEST(LayerNorm, rows_get_mean_zero_and_variance_one) {
  const Matrix x = (3.0f * Matrix::Random(4, 50)).array() + 100.0f;
  const Matrix y = layer_norm(x, Vector(), Vector(), 0.0f);
  for (int row = 0; row < 4; ++row) {
    EXPECT_NEAR(y.row(row).mean(), 0.0f, 1e-4f);
    EXPECT_NEAR(y.row(row).squaredNorm() / 50.0f, 1.0f, 1e-4f);
  }
}

TEST(LayerNorm, gain_and_bias_come_after_and_epsilon_stands_under_the_root) {
  Matrix x(1, 2);
  x << 1.0f, -1.0f;  // mean 0, variance 1
  const Vector gain = Vector::Constant(2, 2.0f), bias = Vector::Constant(2, 5.0f);
  const Matrix y = layer_norm(x, gain, bias, 3.0f);
  EXPECT_FLOAT_EQ(y(0, 0), 6.0f);
  EXPECT_FLOAT_EQ(y(0, 1), 4.0f);
}

TEST(RmsNorm, divides_by_the_root_mean_square_and_can_add_one_to_the_gain) {
  Matrix x(1, 2);
  x << 3.0f, 4.0f;
  const float rms = std::sqrt(12.5f);
  const Vector gain = Vector::Constant(2, 2.0f);
  EXPECT_FLOAT_EQ(rms_norm(x, Vector(), 0.0f)(0, 0), 3.0f / rms);
  EXPECT_FLOAT_EQ(rms_norm(x, gain, 0.0f)(0, 1), 8.0f / rms);
  EXPECT_FLOAT_EQ(rms_norm(x, gain, 0.0f, GainOffset::One)(0, 1), 12.0f / rms);
}

TEST(Activation, values_of_the_literature) {
  EXPECT_NEAR(activate(Activation::GeluErf, 1.0f), 0.8413447f, 1e-6f);
  EXPECT_NEAR(activate(Activation::GeluTanh, 1.0f), 0.8411920f, 1e-6f);
  EXPECT_NEAR(activate(Activation::Silu, 1.0f), 0.7310586f, 1e-6f);
  EXPECT_EQ(activate(Activation::Relu, -2.0f), 0.0f);
}

TEST(Activation, the_vector_form_agrees_with_the_scalar_one) {
  for (Activation a :
       {Activation::None, Activation::Relu, Activation::GeluErf, Activation::GeluTanh, Activation::Silu}) {
    std::vector<float> x;
    for (int i = -4000; i <= 4000; ++i) x.push_back(0.003f * static_cast<float>(i));
    std::vector<float> y = x;
    activate(a, y.data(), static_cast<std::ptrdiff_t>(y.size()));
    for (std::size_t i = 0; i < x.size(); ++i) {
      EXPECT_NEAR(y[i], activate(a, x[i]), 1e-6f + 4e-7f * std::abs(x[i]))
          << static_cast<int>(a) << " at " << x[i];
    }
  }
}

TEST(Activation, slopes_agree_with_central_differences) {
  for (Activation a :
       {Activation::None, Activation::Relu, Activation::GeluErf, Activation::GeluTanh, Activation::Silu}) {
    for (float x : {-3.0f, -0.7f, 0.2f, 1.5f, 4.0f}) {
      const float step = 1e-2f;
      EXPECT_NEAR(activation_slope(a, x), (activate(a, x + step) - activate(a, x - step)) / (2 * step),
                  2e-4f);
    }
  }
}

TEST(FeedForward, gated_and_plain_follow_their_formula) {
  FeedForwardParams params;
  params.activation = Activation::Silu;
  params.up = Matrix::Random(6, 4);
  params.down = Matrix::Random(4, 6);
  params.down_bias = Vector::Random(4);
  const Matrix x = Matrix::Random(3, 4);
  const auto f = [](float v) { return activate(Activation::Silu, v); };
  Matrix plain = (x * params.up.transpose()).unaryExpr(f) * params.down.transpose();
  plain.rowwise() += params.down_bias.transpose();
  EXPECT_LE((feed_forward(x, params) - plain).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-5f);

  params.gate = Matrix::Random(6, 4);
  const Matrix hidden = (x * params.gate.transpose()).unaryExpr(f).cwiseProduct(x * params.up.transpose());
  Matrix gated = hidden * params.down.transpose();
  gated.rowwise() += params.down_bias.transpose();
  EXPECT_LE((feed_forward(x, params) - gated).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-5f);
}

TEST(Scores, every_function_on_hand_made_vectors) {
  Matrix q(1, 2), k(2, 2);
  q << 3.0f, 4.0f;
  k << 1.0f, 0.0f, 0.0f, 2.0f;
  EXPECT_FLOAT_EQ(dot_scores(q, k)(0, 1), 8.0f);
  EXPECT_FLOAT_EQ(scaled_dot_scores(q, k)(0, 1), 8.0f / std::sqrt(2.0f));
  EXPECT_FLOAT_EQ(cosine_scores(q, k)(0, 1), 0.8f);
  Matrix w(2, 2);
  w << 0.0f, 1.0f, 1.0f, 0.0f;
  EXPECT_FLOAT_EQ(bilinear_scores(q, w, k)(0, 0), 4.0f);
  const Matrix identity = Matrix::Identity(2, 2);
  const Vector readout = Vector::Ones(2);
  EXPECT_FLOAT_EQ(additive_scores(q, identity, k, identity, readout)(0, 0),
                  std::tanh(4.0f) + std::tanh(4.0f));
}

TEST(Scores, the_cosine_survives_zero_and_huge_vectors) {
  Matrix q(2, 2), k(1, 2);
  q << 0.0f, 0.0f, 1e30f, 0.0f;
  k << 1e30f, 0.0f;
  EXPECT_EQ(cosine_scores(q, k)(0, 0), 0.0f);
  EXPECT_FLOAT_EQ(cosine_scores(q, k)(1, 0), 1.0f);
}

}  // namespace
}  // namespace headscope
