#include "core/linear.h"

#include <gtest/gtest.h>

#include "core/thread_pool.h"

namespace headscope {
namespace {

/// x W^T + b in double precision.   weight [n_out, n_in]
Matrix slow_linear(const Matrix& x, const Matrix& weight, const Vector& bias) {
  Eigen::MatrixXd y = x.cast<double>() * weight.cast<double>().transpose();
  y.rowwise() += bias.cast<double>().transpose();
  return y.cast<float>();
}

TEST(PackedLinear, equals_the_slow_product_for_every_shape_and_layout) {
  ThreadPool pool(2);
  for (const auto& [n_in, n_out] :
       {std::pair{1, 1}, {3, 5}, {16, 48}, {64, 64}, {65, 49}, {100, 770}, {768, 96}}) {
    const Matrix weight = Matrix::Random(n_out, n_in);
    const Matrix transposed = weight.transpose();
    const Vector bias = Vector::Random(n_out);
    const PackedLinear linear(weight.data(), n_out, n_in, WeightLayout::OutIn, bias.data());
    const PackedLinear conv(transposed.data(), n_out, n_in, WeightLayout::InOut, bias.data());
    for (int n_rows : {1, 2, 3, 5, 7, 8, 9, 16, 17, 33, 64, 130}) {
      const Matrix x = Matrix::Random(n_rows, n_in);
      const Matrix expected = slow_linear(x, weight, bias);
      const float tolerance = 2e-6f * static_cast<float>(n_in) + 1e-6f;
      Matrix y = Matrix::Constant(n_rows, n_out, 99.0f);
      linear.apply(x.data(), n_in, n_rows, y.data(), n_out, pool);
      EXPECT_LE((y - expected).cwiseAbs().maxCoeff(), tolerance)
          << n_in << "x" << n_out << " rows " << n_rows;
      y.setConstant(99.0f);
      conv.apply(x.data(), n_in, n_rows, y.data(), n_out, pool);
      EXPECT_LE((y - expected).cwiseAbs().maxCoeff(), tolerance)
          << n_in << "x" << n_out << " rows " << n_rows;
    }
  }
}

TEST(PackedLinear, accumulates_and_stops_at_the_asked_output) {
  ThreadPool pool(1);
  const int n_in = 40, n_out = 130, n_rows = 11, stride = 200;
  const Matrix weight = Matrix::Random(n_out, n_in), x = Matrix::Random(n_rows, n_in);
  const Vector bias = Vector::Random(n_out);
  const Matrix expected = slow_linear(x, weight, bias);
  const PackedLinear linear(weight.data(), n_out, n_in, WeightLayout::OutIn, bias.data());
  for (int n_used : {1, 16, 47, 48, 49, 100, 130}) {
    Matrix y = Matrix::Constant(n_rows, stride, 3.0f);
    linear.apply(x.data(), n_in, n_rows, y.data(), stride, pool, {.n_out = n_used, .accumulate = true});
    EXPECT_LE((y.leftCols(n_used).array() - 3.0f - expected.leftCols(n_used).array()).abs().maxCoeff(),
              2e-5f);
    EXPECT_TRUE((y.rightCols(stride - n_used).array() == 3.0f).all()) << n_used;
  }
}

TEST(PackedLinear, a_layer_without_bias_adds_nothing) {
  ThreadPool pool(1);
  const Matrix weight = Matrix::Identity(5, 5), x = Matrix::Random(2, 5);
  const PackedLinear linear(weight.data(), 5, 5, WeightLayout::OutIn);
  Matrix y(2, 5);
  linear.apply(x.data(), 5, 2, y.data(), 5, pool);
  EXPECT_EQ(y, x);
}

}  // namespace
}  // namespace headscope
