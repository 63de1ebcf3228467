#include "trace/head_mix.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace headscope {
namespace {

const AttentionLayer* layer_of(const AttentionTrace& trace, TraceHead head) {
  assert(head.layer >= 0 && head.layer < static_cast<int>(trace.layers.size()));
  return trace.layers[static_cast<std::size_t>(head.layer)].get();
}

template <class Into, class From>
void mix_in(Into&& sum, const From& weights, MixKind kind) {
  if (kind == MixKind::Max) {
    sum = sum.max(weights);
  } else {
    sum += weights;
  }
}

}  // namespace

void mix_row(const AttentionTrace& trace, std::span<const TraceHead> heads, MixKind kind, int query,
             std::span<float> row) {
  Eigen::Map<Eigen::ArrayXf> sum(row.data(), static_cast<Eigen::Index>(row.size()));
  sum.setZero();
  std::vector<float> one(row.size());
  int n = 0;
  for (const TraceHead head : heads) {
    const AttentionLayer* layer = layer_of(trace, head);
    if (!layer) continue;
    layer->weights_row(head.head, query, one);
    mix_in(sum, Eigen::Map<const Eigen::ArrayXf>(one.data(), sum.size()), kind);
    ++n;
  }
  if (kind == MixKind::Mean && n > 0) sum /= static_cast<float>(n);
}

Matrix mix_heads(const AttentionTrace& trace, std::span<const TraceHead> heads, MixKind kind) {
  Matrix sum = Matrix::Zero(trace.n_tokens(), trace.n_tokens());
  int n = 0;
  for (const TraceHead head : heads) {
    const AttentionLayer* layer = layer_of(trace, head);
    if (!layer) continue;
    mix_in(sum.array(), layer->weights(head.head).array(), kind);
    ++n;
  }
  if (kind == MixKind::Mean && n > 0) sum /= static_cast<float>(n);
  return sum;
}

}  // namespace headscope
