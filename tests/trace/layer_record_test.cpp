// Layers as lists of blocks: what is stored, what is computed again, and what an edit leaves alone.
#include "trace/layer_record.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "core/attention.h"

namespace headscope {
namespace {

constexpr HeadShape kShape{4, 2, 6};

/// Rows [first, first + n) with random q, k and v, and, when kept, weights in chunks of `chunk_rows`.
std::shared_ptr<LayerRows> make_rows(int first, int n, int chunk_rows, std::mt19937& random) {
  auto rows = std::make_shared<LayerRows>();
  rows->first = first;
  rows->n = n;
  rows->qkv = FloatBuffer(static_cast<std::size_t>(n * kShape.qkv_stride()));
  std::normal_distribution<float> normal;
  std::generate_n(rows->qkv.data(), rows->qkv.size(), [&] { return normal(random); });
  std::size_t size = 0;
  for (int row = 0; chunk_rows > 0 && row < n; row += chunk_rows) {
    const int m = std::min(chunk_rows, n - row), n_key = first + row + m;
    rows->chunks.push_back({first + row, m, n_key, size});
    size += static_cast<std::size_t>(kShape.n_heads * m * n_key);
  }
  rows->weights = FloatBuffer(size);
  // Each stored weight says where it is: head·10000 + query·100 + key, 0 in the future.
  for (const WeightChunk& chunk : rows->chunks) {
    float* at = rows->weights.data() + chunk.offset;
    for (int head = 0; head < kShape.n_heads; ++head) {
      for (int query = chunk.first; query < chunk.first + chunk.n; ++query) {
        for (int key = 0; key < chunk.n_key; ++key) {
          *at++ = key > query ? 0.0f : static_cast<float>(head * 10000 + query * 100 + key + 1);
        }
      }
    }
  }
  return rows;
}

float stored(int head, int query, int key) {
  return key > query ? 0.0f : static_cast<float>(head * 10000 + query * 100 + key + 1);
}

void expect_stored(const LayerRecord& layer, int n) {
  ASSERT_EQ(layer.n_query(), n);
  for (int head = 0; head < kShape.n_heads; ++head) {
    const Matrix weights = layer.weights(head);
    std::vector<float> row(static_cast<std::size_t>(n));
    for (int query = 0; query < n; ++query) {
      layer.weights_row(head, query, row);
      for (int key = 0; key < n; ++key) {
        ASSERT_EQ(weights(query, key), stored(head, query, key));
        ASSERT_EQ(row[static_cast<std::size_t>(key)], stored(head, query, key));
      }
    }
  }
}

TEST(LayerRecord, reads_weights_across_blocks_and_chunks) {
  std::mt19937 random(1);
  const auto a = make_rows(0, 7, 3, random), b = make_rows(7, 1, 1, random), c = make_rows(8, 5, 2, random);
  expect_stored(LayerRecord(kShape, {}, {{a, 7}, {b, 1}, {c, 5}}), 13);
}

TEST(LayerRecord, an_edit_keeps_the_rows_before_it_and_nothing_else) {
  std::mt19937 random(2);
  const auto a = make_rows(0, 7, 3, random), b = make_rows(7, 4, 4, random);
  const LayerRecord before(kShape, {}, {{a, 7}, {b, 4}});
  std::vector<SharedLayerRows> kept = before.first_rows(5);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].rows, a) << "the block is shared, not copied";
  expect_stored(LayerRecord(kShape, {}, kept), 5);
  kept.push_back({make_rows(5, 2, 2, random), 2});
  const LayerRecord after(kShape, {}, kept);
  expect_stored(after, 7);
  EXPECT_EQ(after.query(1).topRows(5), before.query(1).topRows(5));
  EXPECT_NE(after.query(1).row(5), before.query(1).row(5));
}

TEST(LayerRecord, heads_of_a_group_share_key_and_value) {
  std::mt19937 random(3);
  const LayerRecord layer(kShape, {}, {{make_rows(0, 3, 3, random), 3}, {make_rows(3, 2, 2, random), 2}});
  EXPECT_EQ(layer.key(0), layer.key(1));
  EXPECT_EQ(layer.value(2), layer.value(3));
  EXPECT_NE(layer.key(1), layer.key(2));
  EXPECT_NE(layer.query(0), layer.query(1));
  EXPECT_NE(layer.key(0), layer.value(0));
}

/// The record's answers from q, k and v against the step-by-step attention of core.
void expect_steps(const LayerRecord& layer, const Mask& mask) {
  for (int head = 0; head < kShape.n_heads; ++head) {
    HeadRule rule;
    rule.scale = layer.rule().scale;
    rule.soft_cap = layer.rule().soft_cap;
    rule.mask = mask;
    const HeadSteps steps = attend_one_head(layer.query(head), layer.key(head), layer.value(head), rule);
    EXPECT_LE((layer.weights(head) - steps.weights).cwiseAbs().maxCoeff(), 1e-6f);
    EXPECT_LE((layer.z(head) - steps.z).cwiseAbs().maxCoeff(), 1e-5f);
    const Matrix scores = layer.scores(head);
    for (Eigen::Index i = 0; i < scores.size(); ++i) {
      const float found = scores.data()[i], expected = steps.masked.data()[i];
      ASSERT_TRUE(found == expected || std::abs(found - expected) < 1e-5f) << found << ' ' << expected;
    }
  }
}

TEST(LayerRecord, computes_weights_again_as_the_step_by_step_attention_does) {
  std::mt19937 random(4);
  const std::vector<SharedLayerRows> blocks = {{make_rows(0, 9, 0, random), 6},
                                               {make_rows(6, 5, 0, random), 5}};
  ScoreRule rule;
  rule.scale = 0.4f;
  expect_steps(LayerRecord(kShape, rule, blocks), Mask::causal());
  rule.window = 3;
  expect_steps(LayerRecord(kShape, rule, blocks), Mask::causal() & Mask::sliding_window(3));
  rule.soft_cap = 1.5f;
  expect_steps(LayerRecord(kShape, rule, blocks), Mask::causal() & Mask::sliding_window(3));
  BoolMatrix real = BoolMatrix::Constant(1, 11, true);
  real(0, 0) = real(0, 4) = false;
  rule.real_keys = std::make_shared<const BoolMatrix>(real);
  rule.window = 0;
  const Mask padding = Mask::padding(std::vector<bool>(real.data(), real.data() + 11));
  expect_steps(LayerRecord(kShape, rule, blocks), Mask::causal() & padding);
  rule.causal = false;
  expect_steps(LayerRecord(kShape, rule, blocks), padding);
}

TEST(LayerRecord, one_row_computed_again_has_the_bits_of_the_whole_matrix) {
  std::mt19937 random(5);
  const LayerRecord layer(kShape, {}, {{make_rows(0, 40, 0, random), 40}});
  EXPECT_FALSE(layer.keeps_weights());
  std::vector<float> row(40);
  for (int query : {0, 17, 39}) {
    layer.weights_row(2, query, row);
    EXPECT_TRUE(std::equal(row.begin(), row.end(), layer.weights(2).row(query).data()));
  }
}

TEST(LayerRecord, rows_read_together_have_the_bits_of_rows_read_one_by_one) {
  std::mt19937 random(6);
  const LayerRecord kept(kShape, {}, {{make_rows(0, 7, 3, random), 7}, {make_rows(7, 4, 4, random), 4}});
  const LayerRecord one_block(kShape, {}, {{make_rows(0, 19, 0, random), 11}});
  const LayerRecord two_blocks(kShape, {},
                               {{make_rows(0, 7, 0, random), 6}, {make_rows(6, 5, 0, random), 5}});
  for (const LayerRecord* layer : {&kept, &one_block, &two_blocks}) {
    for (const auto& [first, n] : {std::pair{0, 11}, {3, 5}, {10, 1}, {4, 0}}) {
      std::vector<float> rows(static_cast<std::size_t>(n) * 11, -1.0f), row(11);
      layer->weights_rows(3, first, rows);
      for (int i = 0; i < n; ++i) {
        layer->weights_row(3, first + i, row);
        EXPECT_TRUE(std::equal(row.begin(), row.end(), rows.begin() + i * 11)) << first + i;
      }
    }
  }
}

TEST(FloatBuffer, large_buffers_are_handed_out_again) {
  const float* address = nullptr;
  {
    FloatBuffer buffer(1 << 20);
    address = buffer.data();
  }
  EXPECT_GT(FloatBuffer::idle_bytes(), 0u);
  FloatBuffer again(1 << 20);
  EXPECT_EQ(again.data(), address);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(again.data()) % 64, 0u);
  FloatBuffer moved = std::move(again);
  EXPECT_EQ(moved.data(), address);
}

TEST(SharedRows, grow_and_shrink_without_touching_a_number) {
  SharedRows rows;
  EXPECT_TRUE(rows.empty());
  rows = rows.with(Matrix::Constant(3, 2, 1.0f)).with(Matrix::Constant(2, 2, 2.0f));
  const SharedRows edited = rows.first_rows(4).with(Matrix::Constant(1, 2, 3.0f));
  Matrix expected(5, 2);
  expected << 1, 1, 1, 1, 1, 1, 2, 2, 3, 3;
  EXPECT_EQ(edited.matrix(), expected);
  for (int row = 0; row < 5; ++row) EXPECT_EQ(edited.row(row), Vector(expected.row(row)));
  EXPECT_EQ(rows.matrix().row(4), Matrix::Constant(1, 2, 2.0f)) << "the rows before stay as they were";
  EXPECT_EQ(rows.first_rows(0).n_rows(), 0);
}

}  // namespace
}  // namespace headscope
