#include "trace/head_mix.h"

#include <gtest/gtest.h>

#include "trace/layer_record.h"

namespace headscope {
namespace {

/// Two tokens, two heads, weights as given.   weights [head][query][key]
AttentionLayerPtr layer_with(std::initializer_list<float> weights) {
  auto rows = std::make_shared<LayerRows>();
  rows->n = 2;
  rows->qkv = FloatBuffer(static_cast<std::size_t>(2 * HeadShape{2, 2, 1}.qkv_stride()));
  rows->weights = FloatBuffer(weights.size());
  std::copy(weights.begin(), weights.end(), rows->weights.data());
  rows->chunks = {{0, 2, 2, 0}};
  return std::make_shared<const LayerRecord>(HeadShape{2, 2, 1}, ScoreRule{},
                                             std::vector<SharedLayerRows>{{std::move(rows), 2}});
}

AttentionTrace two_layers() {
  AttentionTrace trace;
  trace.tokens.resize(2);
  trace.layers = {layer_with({1, 0, 0.2f, 0.8f, 1, 0, 0.6f, 0.4f}),
                  layer_with({1, 0, 0.5f, 0.5f, 1, 0, 1, 0})};
  return trace;
}

TEST(HeadMix, mean_max_and_sum_over_heads_of_several_layers) {
  const AttentionTrace trace = two_layers();
  const TraceHead heads[] = {{0, 0}, {0, 1}, {1, 1}};
  const Matrix mean = mix_heads(trace, heads, MixKind::Mean), sum = mix_heads(trace, heads, MixKind::Sum),
               max = mix_heads(trace, heads, MixKind::Max);
  EXPECT_FLOAT_EQ(mean(1, 0), 0.6f);
  EXPECT_FLOAT_EQ(mean.row(1).sum(), 1);
  EXPECT_FLOAT_EQ(sum(1, 1), 1.2f);
  EXPECT_FLOAT_EQ(max(1, 0), 1);
  EXPECT_FLOAT_EQ(max(1, 1), 0.8f);
  for (const MixKind kind : {MixKind::Mean, MixKind::Max, MixKind::Sum}) {
    std::vector<float> row(2);
    mix_row(trace, heads, kind, 1, row);
    const Matrix all = mix_heads(trace, heads, kind);
    EXPECT_EQ(row[0], all(1, 0));
    EXPECT_EQ(row[1], all(1, 1));
  }
}

TEST(HeadMix, layers_that_are_not_there_yet_are_left_out) {
  AttentionTrace trace = two_layers();
  trace.layers[1] = nullptr;
  const TraceHead heads[] = {{0, 0}, {1, 0}}, missing[] = {{1, 0}};
  EXPECT_FLOAT_EQ(mix_heads(trace, heads, MixKind::Mean)(1, 1), 0.8f);
  EXPECT_EQ(mix_heads(trace, missing, MixKind::Max), Matrix::Zero(2, 2));
}

}  // namespace
}  // namespace headscope
