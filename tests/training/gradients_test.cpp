#include <gtest/gtest.h>

#include <functional>

#include "training/decoder.h"

/// Every backward pass against central differences, in double precision.
namespace headscope {
namespace {

using Mat = RowMatrix<double>;
using Row = Eigen::Array<double, Eigen::Dynamic, 1>;

Mat random_matrix(int rows, int cols, std::uint64_t seed) {
  Random random(seed);
  Mat m(rows, cols);
  for (double& value : m.reshaped<Eigen::RowMajor>()) value = random.normal();
  return m;
}

/// Compares `gradient` of loss() with respect to `x` with (loss(x + h) − loss(x − h)) / 2h, entry by entry.
void expect_gradient(Eigen::Ref<Mat> x, const Mat& gradient, const std::function<double()>& loss) {
  constexpr double kStep = 1e-5;
  const double size = std::max(1e-3, gradient.cwiseAbs().maxCoeff());
  for (Eigen::Index i = 0; i < x.rows(); ++i) {
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
      const double kept = x(i, j);
      x(i, j) = kept + kStep;
      const double above = loss();
      x(i, j) = kept - kStep;
      const double below = loss();
      x(i, j) = kept;
      ASSERT_NEAR((above - below) / (2 * kStep), gradient(i, j), 1e-6 * size) << "entry " << i << ", " << j;
    }
  }
}

TEST(Gradients, linear_agrees_with_central_differences) {
  Mat x = random_matrix(5, 3, 1), weight = random_matrix(4, 3, 2), target = random_matrix(5, 4, 3), y, d_x;
  const auto loss = [&] {
    linear_forward<double>(x, weight, y);
    return y.cwiseProduct(target).sum();
  };
  Mat d_weight = Mat::Zero(4, 3);
  linear_backward<double>(x, weight, target, d_x, RowMap<double>(d_weight.data(), 4, 3));
  expect_gradient(x, d_x, loss);
  expect_gradient(weight, d_weight, loss);
}

TEST(Gradients, rms_norm_agrees_with_central_differences) {
  Mat x = random_matrix(4, 6, 1), scale = random_matrix(1, 6, 2), target = random_matrix(4, 6, 3), y;
  Row inverse;
  RowMap<double> scale_map(scale.data(), 1, 6);
  const auto loss = [&] {
    rms_norm_forward<double>(x, scale_map, 1e-5, y, inverse);
    return y.cwiseProduct(target).sum();
  };
  loss();
  Mat d_x = Mat::Zero(4, 6), d_scale = Mat::Zero(1, 6);
  rms_norm_backward<double>(x, scale_map, inverse, target, d_x, RowMap<double>(d_scale.data(), 1, 6));
  expect_gradient(x, d_x, loss);
  expect_gradient(scale, d_scale, loss);
}

TEST(Gradients, swiglu_agrees_with_central_differences) {
  Mat x = random_matrix(3, 8, 1), target = random_matrix(3, 4, 2), y, d_x;
  const auto loss = [&] {
    swiglu_forward<double>(x, y);
    return y.cwiseProduct(target).sum();
  };
  swiglu_backward<double>(x, target, d_x);
  expect_gradient(x, d_x, loss);
}

TEST(Gradients, rotation_back_undoes_rotation) {
  Mat x = random_matrix(1, 12, 1);
  const Mat before = x;
  const RotaryTable<double> table({.d_model = 12, .n_heads = 2, .max_tokens = 9});
  rotate_heads(x.data(), 2, 6, &table.cos(8, 0), &table.sin(8, 0), 1.0);
  EXPECT_GT((x - before).cwiseAbs().maxCoeff(), 0.1);
  EXPECT_NEAR(x.norm(), before.norm(), 1e-12);
  rotate_heads(x.data(), 2, 6, &table.cos(8, 0), &table.sin(8, 0), -1.0);
  EXPECT_LT((x - before).cwiseAbs().maxCoeff(), 1e-12);
}

TEST(Gradients, attention_agrees_with_central_differences) {
  // 35 tokens: more than one block of queries.
  constexpr int kTokens = 35;
  Mat qkv = random_matrix(2 * kTokens, 12, 1), target = random_matrix(2 * kTokens, 4, 2), z, d_qkv;
  AttentionBlock<double> attention;
  const auto loss = [&] {
    attention.forward(qkv, 2, kTokens, 2, z);
    return z.cwiseProduct(target).sum();
  };
  loss();
  attention.backward(qkv, target, d_qkv);
  expect_gradient(qkv, d_qkv, loss);
}

TEST(Gradients, attention_never_looks_ahead) {
  Mat qkv = random_matrix(6, 12, 1), z;
  AttentionBlock<double> attention;
  attention.forward(qkv, 1, 6, 2, z);
  const Mat before = z;
  qkv.row(4).setConstant(7);
  attention.forward(qkv, 1, 6, 2, z);
  EXPECT_EQ(before.topRows(4), z.topRows(4));
  EXPECT_NE(before.row(4), z.row(4));
}

TEST(Gradients, cross_entropy_agrees_with_central_differences) {
  Mat logits = random_matrix(3, 5, 1);
  const std::vector<int> targets = {4, 0, 2};
  const std::vector<double> weights = {1, 0, 2.5};
  Mat gradient = logits;
  cross_entropy<double>(gradient, targets, weights);
  expect_gradient(logits, gradient, [&] {
    Mat copy = logits;
    return cross_entropy<double>(copy, targets, weights);
  });
}

TEST(Gradients, the_whole_decoder_agrees_with_central_differences) {
  const DecoderShape shape{
      .vocab_size = 7, .d_model = 8, .n_layers = 2, .n_heads = 2, .d_ff = 6, .max_tokens = 8};
  DecoderParams<double> params(shape), gradient(shape);
  params.initialise(0.4, Random(3));
  const TokenBatch<double> batch{
      2, 5, {0, 3, 1, 6, 2, 0, 5, 5, 4, 1}, {3, 1, 6, 2, 2, 5, 5, 4, 1, 0}, {1, 1, 4, 1, 0, 1, 1, 1, 4, 1}};
  Decoder<double> decoder(shape);
  decoder.forward(params, batch);
  decoder.backward(params, batch, gradient);
  Eigen::Map<Mat> all(params.values().data(), 1, params.values().size());
  expect_gradient(all, gradient.values().matrix().transpose(), [&] {
    decoder.forward(params, batch);
    Mat logits = decoder.logits();
    return cross_entropy<double>(logits, batch.targets, batch.weights);
  });
}

TEST(Gradients, an_ablated_head_adds_nothing) {
  const DecoderShape shape{
      .vocab_size = 7, .d_model = 8, .n_layers = 1, .n_heads = 2, .d_ff = 6, .max_tokens = 8};
  DecoderParams<double> params(shape);
  params.initialise(0.4, Random(3));
  const TokenBatch<double> batch{1, 4, {0, 3, 1, 6}, {}, {}};
  Decoder<double> decoder(shape);
  decoder.forward(params, batch, {{0, 1}});
  const Mat ablated = decoder.logits();
  params.out(0).rightCols(4).setZero();  // the columns that read head 1
  decoder.forward(params, batch);
  EXPECT_LT((ablated - decoder.logits()).cwiseAbs().maxCoeff(), 1e-12);
}

}  // namespace
}  // namespace headscope
