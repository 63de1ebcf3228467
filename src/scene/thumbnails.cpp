#include "scene/thumbnails.h"

#include <algorithm>
#include <cassert>

namespace headscope {
namespace {

int cells_for(int n, int per_cell) {
  return (n + per_cell - 1) / per_cell;
}

/// Pools `n_query` rows of `per_cell` weights each way. `row` has room for n_key.
HeadThumbnail pool(const AttentionLayer& layer, HeadRef head, int max_side, std::vector<float>& row) {
  const int n_query = layer.n_query(), n_key = layer.n_key();
  const int per_cell = std::max(1, cells_for(std::max(n_query, n_key), max_side));
  HeadThumbnail small;
  small.head = head;
  small.rows = cells_for(n_query, per_cell);
  small.cols = cells_for(n_key, per_cell);
  small.grid.assign(static_cast<std::size_t>(small.rows) * static_cast<std::size_t>(small.cols), 0.0f);
  row.resize(static_cast<std::size_t>(n_key));
  for (int query = 0; query < n_query; ++query) {
    layer.weights_row(head.head, query, row);
    float* out = small.grid.data() + static_cast<std::ptrdiff_t>(query / per_cell) * small.cols;
    for (int begin = 0; begin < n_key; begin += per_cell, ++out) {
      const int end = std::min(n_key, begin + per_cell);
      float largest = *out;
      for (int key = begin; key < end; ++key) largest = std::max(largest, row[static_cast<std::size_t>(key)]);
      *out = largest;
    }
  }
  return small;
}

}  // namespace

HeadThumbnail head_thumbnail(const AttentionTrace& trace, HeadRef head, int max_side) {
  const AttentionLayerPtr& layer = trace.layers[static_cast<std::size_t>(head.layer)];
  assert(layer && head.head < layer->n_heads() && max_side >= 1);
  std::vector<float> row;
  return pool(*layer, head, max_side, row);
}

std::vector<HeadThumbnail> head_thumbnails(const AttentionTrace& trace, int max_side) {
  assert(max_side >= 1);
  std::vector<HeadThumbnail> thumbnails;
  std::vector<float> row;
  for (std::size_t l = 0; l < trace.layers.size(); ++l) {
    if (!trace.layers[l]) continue;
    for (int head = 0; head < trace.layers[l]->n_heads(); ++head)
      thumbnails.push_back(pool(*trace.layers[l], {static_cast<int>(l), head}, max_side, row));
  }
  return thumbnails;
}

}  // namespace headscope
