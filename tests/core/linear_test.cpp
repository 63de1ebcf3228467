#include "core/linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/activation.h"
#include "core/kernels/kernels.h"
#include "core/linear_packer.h"
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
      EXPECT_LE((y - expected).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), tolerance)
          << n_in << "x" << n_out << " rows " << n_rows;
      y.setConstant(99.0f);
      conv.apply(x.data(), n_in, n_rows, y.data(), n_out, pool);
      EXPECT_LE((y - expected).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), tolerance)
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
    EXPECT_LE((y.leftCols(n_used).array() - 3.0f - expected.leftCols(n_used).array())
                  .abs()
                  .maxCoeff<Eigen::PropagateNaN>(),
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

TEST(PackedLinear, an_activation_is_applied_to_the_finished_sums) {
  ThreadPool pool(2);
  const int n_in = 300, n_out = 100, n_rows = 20;
  const Matrix weight = Matrix::Random(n_out, n_in) / 10.0f, x = Matrix::Random(n_rows, n_in);
  const Vector bias = Vector::Random(n_out);
  const PackedLinear linear(weight.data(), n_out, n_in, WeightLayout::OutIn, bias.data());
  for (Activation a : {Activation::Relu, Activation::GeluErf, Activation::GeluTanh, Activation::Silu}) {
    const Matrix expected = slow_linear(x, weight, bias).unaryExpr([a](float v) { return activate(a, v); });
    Matrix y(n_rows, n_out);
    linear.apply(x.data(), n_in, n_rows, y.data(), n_out, pool, {.activation = a});
    EXPECT_LE((y - expected).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-5f);
  }
}

TEST(PackedLinear, a_row_computed_alone_has_the_same_bits) {
  ThreadPool pool(2);
  const int n_in = 300, n_out = 200;
  const Matrix weight = Matrix::Random(n_out, n_in), x = Matrix::Random(33, n_in);
  const PackedLinear linear(weight.data(), n_out, n_in, WeightLayout::OutIn);
  Matrix all(33, n_out), some(33, n_out);
  linear.apply(x.data(), n_in, 33, all.data(), n_out, pool);
  for (const auto& [first, n] : {std::pair{32, 1}, {0, 3}, {10, 8}, {5, 20}}) {
    linear.apply(x.row(first).data(), n_in, n, some.data(), n_out, pool);
    EXPECT_EQ(some.topRows(n), all.middleRows(first, n)) << first;
  }
}

TEST(PackedLinear, onednn_and_the_kernels_agree_on_the_same_weights) {
  ThreadPool pool(2);
  for (const auto& [n_in, n_out] : {std::pair{64, 64}, {768, 200}, {30, 70}}) {
    const Matrix weight = Matrix::Random(n_out, n_in) / 8.0f;
    const Vector bias = Vector::Random(n_out);
    const PackedLinear linear(weight.data(), n_out, n_in, WeightLayout::OutIn, bias.data());
    for (int n_rows : {1, 5, 64, 300}) {
      const Matrix x = Matrix::Random(n_rows, n_in), start = Matrix::Random(n_rows, n_out);
      Matrix ours = start, theirs = start;
      PackedLinear::Options options{.accumulate = true, .activation = Activation::GeluTanh};
      options.multiplier = Multiplier::Kernels;
      linear.apply(x.data(), n_in, n_rows, ours.data(), n_out, pool, options);
      options.multiplier = Multiplier::OneDnn;
      linear.apply(x.data(), n_in, n_rows, theirs.data(), n_out, pool, options);
      EXPECT_LE((ours - theirs).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 2e-5f)
          << n_in << "x" << n_out << " rows " << n_rows;
    }
  }
}

TEST(PackedLinear, every_instruction_set_gives_the_same_sums) {
  const kernels::Table* const* tables = nullptr;
  const int n_tables = kernels::available_tables(&tables);
  const int n_in = 150, n_panels = 2, n_out = 100;
  const Matrix panels = Matrix::Random(n_panels * n_in, kernels::kPanelWidth);
  const Vector bias = Vector::Random(n_panels * kernels::kPanelWidth);
  for (int n_rows : {1, 3, 6, 7, 8, 20}) {
    const Matrix x = Matrix::Random(n_rows, n_in), start = Matrix::Random(n_rows, n_out);
    Matrix wide(n_rows, n_panels * kernels::kPanelWidth);
    wide << x * panels.topRows(n_in), x * panels.bottomRows(n_in);
    wide.rowwise() += bias.transpose();
    const Matrix expected = start + wide.leftCols(n_out);
    for (int i = 0; i < n_tables; ++i) {
      Matrix y = start;
      kernels::LinearTask task;
      task.x = x.data();
      task.x_stride = n_in;
      task.n_rows = n_rows;
      task.n_in = n_in;
      task.panels = panels.data();
      task.bias = bias.data();
      task.n_panels = n_panels;
      task.y = y.data();
      task.y_stride = n_out;
      task.n_out = n_out;
      task.accumulate = true;
      tables[i]->linear(task);
      EXPECT_LE((y - expected).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-4f)
          << tables[i]->name << " rows " << n_rows;
    }
  }
}

/// The bits of narrow numbers, and the floats they stand for.
struct NarrowWeights {
  WeightStorage storage;
  std::vector<std::uint16_t> bits;
  std::vector<float> wide;
};

template <class Narrow>
NarrowWeights narrow_weights(WeightStorage storage, std::size_t n) {
  NarrowWeights weights{storage, {}, {}};
  const Vector values = Vector::Random(static_cast<Eigen::Index>(n));
  for (std::size_t i = 0; i < n; ++i) {
    // Every magnitude, down to numbers below the smallest normal one.
    const auto narrow =
        static_cast<Narrow>(std::ldexp(values[static_cast<Eigen::Index>(i)], -static_cast<int>(i % 24)));
    weights.bits.push_back(Eigen::numext::bit_cast<std::uint16_t>(narrow));
    weights.wide.push_back(static_cast<float>(narrow));
  }
  return weights;
}

std::vector<NarrowWeights> both_narrow_kinds(std::size_t n) {
  return {narrow_weights<Eigen::half>(WeightStorage::F16, n),
          narrow_weights<Eigen::bfloat16>(WeightStorage::Bf16, n)};
}

TEST(PackedLinear, narrow_weights_give_the_bits_of_their_widened_copies) {
  ThreadPool pool(2);
  for (const auto& [n_in, n_out] : {std::pair{1, 1}, {65, 49}, {100, 770}, {900, 130}}) {
    const Vector bias = Vector::Random(n_out);
    for (const NarrowWeights& weights :
         both_narrow_kinds(static_cast<std::size_t>(n_in) * static_cast<std::size_t>(n_out))) {
      for (const WeightLayout layout : {WeightLayout::OutIn, WeightLayout::InOut}) {
        const PackedLinear wide(weights.wide.data(), n_out, n_in, layout, bias.data());
        const PackedLinear narrow({weights.bits.data(), weights.storage}, n_out, n_in, layout, bias.data());
        EXPECT_EQ(narrow.storage(), weights.storage);
        for (int n_rows : {1, 3, 7, 12, 13, 40}) {
          const Matrix x = Matrix::Random(n_rows, n_in);
          Matrix expected(n_rows, n_out), y = Matrix::Constant(n_rows, n_out, 99.0f);
          wide.apply(x.data(), n_in, n_rows, expected.data(), n_out, pool);
          narrow.apply(x.data(), n_in, n_rows, y.data(), n_out, pool);
          EXPECT_EQ(y, expected) << n_in << "x" << n_out << " rows " << n_rows;
        }
      }
    }
  }
}

TEST(PackedLinear, every_instruction_set_widens_every_number) {
  const kernels::Table* const* tables = nullptr;
  const int n_tables = kernels::available_tables(&tables);
  // All bit patterns but those of NaN and infinity, as weights of single inputs.
  std::vector<float> y(kernels::kPanelWidth), bias(kernels::kPanelWidth, 0.0f);
  const float one = 1.0f;
  for (const WeightStorage storage : {WeightStorage::F16, WeightStorage::Bf16}) {
    for (unsigned first = 0; first < 0x10000u; first += kernels::kPanelWidth) {
      std::vector<std::uint16_t> panel(kernels::kPanelWidth);
      std::vector<float> expected(panel.size());
      for (unsigned j = 0; j < panel.size(); ++j) {
        panel[j] = static_cast<std::uint16_t>(first + j);
        expected[j] = storage == WeightStorage::F16
                          ? static_cast<float>(Eigen::numext::bit_cast<Eigen::half>(panel[j]))
                          : static_cast<float>(Eigen::numext::bit_cast<Eigen::bfloat16>(panel[j]));
        if (!std::isfinite(expected[j])) panel[j] = 0, expected[j] = 0;
      }
      for (int i = 0; i < n_tables; ++i) {
        kernels::LinearTask task;
        task.x = &one;
        task.x_stride = task.n_rows = task.n_in = task.n_panels = 1;
        task.panels = panel.data();
        task.storage = storage;
        task.bias = bias.data();
        task.y = y.data();
        task.y_stride = task.n_out = kernels::kPanelWidth;
        tables[i]->linear(task);
        EXPECT_EQ(y, expected) << tables[i]->name << " from " << first;
      }
    }
  }
}

TEST(LinearPacker, pieces_of_any_size_in_any_order_make_the_same_layer) {
  ThreadPool pool(2);
  const int n_in = 75, n_out = 203, n_rows = 5;
  const Matrix x = Matrix::Random(n_rows, n_in);
  const Vector bias = Vector::Random(n_out);
  for (const NarrowWeights& weights : both_narrow_kinds(static_cast<std::size_t>(n_in) * n_out)) {
    for (const bool narrow : {false, true}) {
      const auto at = [&](int number) {
        return narrow ? static_cast<const void*>(weights.bits.data() + number) : weights.wide.data() + number;
      };
      const WeightStorage storage = narrow ? weights.storage : WeightStorage::F32;
      LinearPacker outputs(n_out, n_in, storage, &pool), inputs(n_out, n_in, storage);
      for (const auto& [first, n] : {std::pair{70, 1}, {71, 132}, {0, 3}, {3, 60}, {63, 7}})
        outputs.put_outputs(first, n, at(first * n_in));
      for (const auto& [first, n] : {std::pair{40, 35}, {1, 39}, {0, 1}})
        inputs.put_inputs(first, n, at(first * n_out));
      const PackedLinear by_outputs = outputs.finish(bias.data()), by_inputs = inputs.finish(nullptr);

      const Eigen::Map<const Matrix> out_in(weights.wide.data(), n_out, n_in);
      const Eigen::Map<const Matrix> in_out(weights.wide.data(), n_in, n_out);
      Matrix y(n_rows, n_out);
      by_outputs.apply(x.data(), n_in, n_rows, y.data(), n_out, pool);
      EXPECT_LE((y - slow_linear(x, out_in, bias)).cwiseAbs().maxCoeff<Eigen::PropagateNaN>(), 1e-4f);
      by_inputs.apply(x.data(), n_in, n_rows, y.data(), n_out, pool);
      EXPECT_LE((y - slow_linear(x, in_out.transpose(), Vector::Zero(n_out)))
                    .cwiseAbs()
                    .maxCoeff<Eigen::PropagateNaN>(),
                1e-4f);
    }
  }
}

}  // namespace
}  // namespace headscope
