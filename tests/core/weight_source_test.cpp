// A layer whose weights are turned into panels as they are needed.
#include "core/weight_source.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/linear.h"
#include "core/thread_pool.h"

namespace headscope {
namespace {

class Rows final : public WeightSource {
 public:
  Rows(const std::vector<float>& weights, int n_out, int n_in)
      : weights_(weights), n_out_(n_out), n_in_(n_in) {}
  void fill_panel(int panel, void* out) const override {
    ++n_fills;
    std::memset(out, 0, static_cast<std::size_t>(n_in_) * 64 * sizeof(float));
    const int first = panel * 64;
    turn_into_panel(WeightStorage::F32, weights_.data() + static_cast<std::ptrdiff_t>(first) * n_in_,
                    std::min(64, n_out_ - first), n_in_, 0, out);
  }
  void let_go() const override { ++n_let_go; }

  mutable std::atomic<int> n_fills{0}, n_let_go{0};

 private:
  const std::vector<float>& weights_;
  int n_out_, n_in_;
};

constexpr int kOut = 150, kIn = 77, kPanels = 3;

struct Layer {
  std::vector<float> weights, bias, x;
  std::shared_ptr<Rows> rows;
  Layer() : weights(kOut * kIn), bias(kOut), x(600 * kIn) {
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = std::sin(static_cast<float>(i));
    for (std::size_t i = 0; i < bias.size(); ++i) bias[i] = static_cast<float>(i) * 0.1f;
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::cos(static_cast<float>(i) * 0.3f);
    rows = std::make_shared<Rows>(weights, kOut, kIn);
  }
  std::vector<float> product(const PackedLinear& linear, int n_rows, ThreadPool& pool) const {
    std::vector<float> y(static_cast<std::size_t>(n_rows) * kOut);
    linear.apply(x.data(), kIn, n_rows, y.data(), kOut, pool);
    return y;
  }
};

TEST(WeightSource, products_have_the_bits_of_packed_weights_and_the_third_keeps_them) {
  ThreadPool pool(3);
  const Layer layer;
  const PackedLinear packed(layer.weights.data(), kOut, kIn, WeightLayout::OutIn, layer.bias.data());
  for (const int n_rows : {1, 7, 40, 600}) {
    const Layer own;
    const PackedLinear later(own.rows, kOut, kIn, WeightStorage::F32, own.bias.data());
    EXPECT_EQ(own.rows->n_fills, 0) << "read before it was needed";
    for (int use = 0; use < 5; ++use)
      EXPECT_EQ(own.product(later, n_rows, pool), layer.product(packed, n_rows, pool)) << "use " << use;
    EXPECT_EQ(own.rows->n_let_go, 1);
    const int n_row_blocks = (n_rows + 255) / 256;
    EXPECT_EQ(own.rows->n_fills, kPanels * (2 * n_row_blocks + 1));
  }
}

/// The same weights, input by input.
class Columns final : public WeightSource {
 public:
  explicit Columns(const std::vector<float>& weights) {
    for (int in = 0; in < kIn; ++in) {
      for (int out = 0; out < kOut; ++out)
        turned_.push_back(weights[static_cast<std::size_t>(out) * kIn + static_cast<std::size_t>(in)]);
    }
  }
  void fill_panel(int, void*) const override { FAIL() << "asked for one panel"; }
  bool fills_whole() const override { return true; }
  void fill_whole(void* panels, ThreadPool& pool, const std::stop_token&) const override {
    pool.parallel_for((kIn + 9) / 10, [&](int piece) {
      const int first = piece * 10;
      copy_into_panels(WeightStorage::F32, &turned_[static_cast<std::size_t>(first) * kOut], first,
                       std::min(10, kIn - first), kIn, kOut, panels);
    });
  }

 private:
  std::vector<float> turned_;
};

TEST(WeightSource, weights_that_lie_input_by_input_are_filled_at_once) {
  ThreadPool pool(3);
  const Layer layer;
  const PackedLinear packed(layer.weights.data(), kOut, kIn, WeightLayout::OutIn, layer.bias.data());
  const PackedLinear later(std::make_shared<Columns>(layer.weights), kOut, kIn, WeightStorage::F32,
                           layer.bias.data());
  for (int use = 0; use < 4; ++use)
    EXPECT_EQ(layer.product(later, 9 * (use + 1), pool), layer.product(packed, 9 * (use + 1), pool)) << use;
}

TEST(WeightSource, pack_reads_each_panel_once) {
  ThreadPool pool(2);
  const Layer layer;
  const PackedLinear later(layer.rows, kOut, kIn, WeightStorage::F32, nullptr);
  EXPECT_TRUE(later.pack(pool));
  EXPECT_TRUE(later.pack(pool));
  (void)layer.product(later, 5, pool);
  EXPECT_EQ(layer.rows->n_fills, kPanels);
}

TEST(WeightSource, a_stopped_pack_leaves_the_layer_as_it_was) {
  ThreadPool pool(2);
  const Layer layer;
  const PackedLinear later(layer.rows, kOut, kIn, WeightStorage::F32, layer.bias.data());
  const PackedLinear packed(layer.weights.data(), kOut, kIn, WeightLayout::OutIn, layer.bias.data());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(later.pack(pool, stop.get_token()));
  EXPECT_EQ(layer.product(later, 9, pool), layer.product(packed, 9, pool));
}

}  // namespace
}  // namespace headscope
