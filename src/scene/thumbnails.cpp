#include "scene/thumbnails.h"

#include <algorithm>
#include <cassert>
#include <span>

namespace headscope {
namespace {

int cells_for(int n, int per_cell) {
  return (n + per_cell - 1) / per_cell;
}

/// Pools `n_query` rows of `per_cell` weights each way. `rows` is scratch memory.
HeadThumbnail pool(const AttentionLayer& layer, HeadRef head, int max_side, std::vector<float>& rows) {
  const int n_query = layer.n_query(), n_key = layer.n_key();
  const int per_cell = std::max(1, cells_for(std::max(n_query, n_key), max_side));
  HeadThumbnail small;
  small.head = head;
  small.rows = cells_for(n_query, per_cell);
  small.cols = cells_for(n_key, per_cell);
  small.grid.assign(static_cast<std::size_t>(small.rows) * static_cast<std::size_t>(small.cols), 0.0f);
  constexpr int kRowsAtOnce = 64;
  rows.resize(kRowsAtOnce * static_cast<std::size_t>(n_key));
  for (int query = 0; query < n_query; ++query) {
    const int within = query % kRowsAtOnce;
    if (within == 0) {
      const auto n = static_cast<std::size_t>(std::min(kRowsAtOnce, n_query - query));
      layer.weights_rows(head.head, query, std::span(rows).first(n * static_cast<std::size_t>(n_key)));
    }
    const float* row = rows.data() + static_cast<std::ptrdiff_t>(within) * n_key;
    float* out = small.grid.data() + static_cast<std::ptrdiff_t>(query / per_cell) * small.cols;
    for (int begin = 0; begin < n_key; begin += per_cell, ++out) {
      const int end = std::min(n_key, begin + per_cell);
      float largest = *out;
      for (int key = begin; key < end; ++key) largest = std::max(largest, row[key]);
      *out = largest;
    }
  }
  return small;
}

}  // namespace

HeadThumbnail head_thumbnail(const AttentionTrace& trace, HeadRef head, int max_side) {
  const AttentionLayerPtr& layer = trace.layers[static_cast<std::size_t>(head.layer)];
  assert(layer && head.head < layer->n_heads() && max_side >= 1);
  std::vector<float> rows;
  return pool(*layer, head, max_side, rows);
}

std::vector<HeadThumbnail> head_thumbnails(const AttentionTrace& trace, int max_side) {
  assert(max_side >= 1);
  std::vector<HeadThumbnail> thumbnails;
  std::vector<float> rows;
  for (std::size_t l = 0; l < trace.layers.size(); ++l) {
    if (!trace.layers[l]) continue;
    for (int head = 0; head < trace.layers[l]->n_heads(); ++head)
      thumbnails.push_back(pool(*trace.layers[l], {static_cast<int>(l), head}, max_side, rows));
  }
  return thumbnails;
}

}  // namespace headscope
