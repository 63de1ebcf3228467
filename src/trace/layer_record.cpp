#include "trace/layer_record.h"

#include <algorithm>
#include <cassert>

namespace headscope {

std::vector<KeyRange> ScoreRule::ranges(int first, int n, int n_key) const {
  if (causal) return causal_ranges(first, n, n_key, window);
  return std::vector<KeyRange>(static_cast<std::size_t>(n), KeyRange{0, n_key});
}

void ScoreRule::apply_to(HeadJob& job, int head, int first, const std::vector<KeyRange>& key_ranges) const {
  job.scale = scale;
  job.soft_cap = soft_cap;
  job.ranges = key_ranges.data();
  job.visible = real_keys ? real_keys->data() : nullptr;
  job.visible_stride = 0;  // one row of padding serves every query
  if (distance_bias) {
    // The bias of the next query is that of this one, one key to the right: the rows overlap.
    const Eigen::Index reach = distance_bias->cols() / 2;
    assert(first + (key_ranges.empty() ? 0 : static_cast<int>(key_ranges.size()) - 1) <= reach);
    job.bias = distance_bias->row(head).data() + (reach - first);
    job.bias_stride = -1;
  }
}

LayerRecord::LayerRecord(HeadShape shape, ScoreRule rule, std::vector<SharedLayerRows> blocks)
    : shape_(shape), rule_(std::move(rule)), blocks_(std::move(blocks)) {
  for (const SharedLayerRows& block : blocks_) {
    assert(block.rows->first == n_tokens_ && block.n_used > 0 && block.n_used <= block.rows->n);
    n_tokens_ = block.end();
    keeps_weights_ = keeps_weights_ && !block.rows->chunks.empty();
  }
}

std::vector<SharedLayerRows> LayerRecord::first_rows(int n_rows) const {
  assert(n_rows <= n_tokens_);
  std::vector<SharedLayerRows> kept;
  for (const SharedLayerRows& block : blocks_) {
    if (block.rows->first >= n_rows) break;
    kept.push_back({block.rows, std::min(block.n_used, n_rows - block.rows->first)});
  }
  return kept;
}

const SharedLayerRows& LayerRecord::block_of(int row) const {
  assert(row >= 0 && row < n_tokens_);
  return *std::upper_bound(blocks_.begin(), blocks_.end(), row,
                           [](int r, const SharedLayerRows& block) { return r < block.end(); });
}

Matrix LayerRecord::part(int column) const {
  Matrix all(n_tokens_, shape_.head_dim);
  for (const SharedLayerRows& block : blocks_) {
    const Eigen::Map<const Matrix, 0, Eigen::OuterStride<>> qkv(
        block.rows->qkv.data(), block.rows->n, shape_.qkv_width(), Eigen::OuterStride<>(shape_.qkv_stride()));
    all.middleRows(block.rows->first, block.n_used) = qkv.block(0, column, block.n_used, shape_.head_dim);
  }
  return all;
}

Matrix LayerRecord::key(int head) const {
  return part(shape_.key_column(head));
}

Matrix LayerRecord::value(int head) const {
  return part(shape_.key_column(head) + shape_.kv_width());
}

void LayerRecord::recompute(int head, int first, int n, float* weights, float* scores) const {
  const std::vector<KeyRange> key_ranges = rule_.ranges(first, n, n_tokens_);
  HeadJob job;
  rule_.apply_to(job, head, first, key_ranges);
  Matrix q, k;  // copies, where rows lie in several blocks
  if (blocks_.size() == 1) {
    const float* qkv = blocks_.front().rows->qkv.data();
    job.query_stride = job.key_stride = shape_.qkv_stride();
    job.query = qkv + first * job.query_stride + head * shape_.head_dim;
    job.key = qkv + shape_.key_column(head);
  } else {
    q = query(head);
    k = key(head);
    job.query_stride = job.key_stride = shape_.head_dim;
    job.query = q.row(first).data();
    job.key = k.data();
  }
  job.n_query = n;
  job.n_key = n_tokens_;
  job.head_dim = shape_.head_dim;
  job.weights = weights;
  job.scores = scores;
  job.weights_stride = job.scores_stride = n_tokens_;
  attend_head(job);
}

void LayerRecord::weights_row(int head, int query, std::span<float> row) const {
  assert(static_cast<int>(row.size()) == n_tokens_);
  const LayerRows& rows = *block_of(query).rows;
  if (rows.chunks.empty()) {
    recompute(head, query, 1, row.data(), nullptr);
    return;
  }
  const WeightChunk& chunk = *std::upper_bound(rows.chunks.begin(), rows.chunks.end(), query,
                                               [](int q, const WeightChunk& c) { return q < c.first + c.n; });
  const float* stored = rows.weights.data() + chunk.offset +
                        (static_cast<std::size_t>(head) * static_cast<std::size_t>(chunk.n) +
                         static_cast<std::size_t>(query - chunk.first)) *
                            static_cast<std::size_t>(chunk.n_key);
  const int n = std::min(chunk.n_key, n_tokens_);
  std::copy_n(stored, n, row.begin());
  std::fill(row.begin() + n, row.end(), 0.0f);
}

void LayerRecord::weights_rows(int head, int first, std::span<float> rows) const {
  if (keeps_weights_ || n_tokens_ == 0) return AttentionLayer::weights_rows(head, first, rows);
  const int n = static_cast<int>(rows.size()) / n_tokens_;
  assert(first >= 0 && first + n <= n_tokens_);
  if (n > 0) recompute(head, first, n, rows.data(), nullptr);
}

Matrix LayerRecord::weights(int head) const {
  Matrix all(n_tokens_, n_tokens_);
  weights_rows(head, 0, {all.data(), static_cast<std::size_t>(all.size())});
  return all;
}

Matrix LayerRecord::scores(int head) const {
  Matrix all(n_tokens_, n_tokens_);
  recompute(head, 0, n_tokens_, nullptr, all.data());
  return all;
}

void LayerRecord::scores_row(int head, int query, std::span<float> row) const {
  assert(static_cast<int>(row.size()) == n_tokens_);
  recompute(head, query, 1, nullptr, row.data());
}

Matrix LayerRecord::z(int head) const {
  // Masked keys are left out row by row: 0 times an infinite value would be NaN.
  const Matrix w = weights(head), v = value(head);
  Matrix mixed = Matrix::Zero(n_tokens_, shape_.head_dim);
  for (int query = 0; query < n_tokens_; ++query) {
    for (int key = 0; key < n_tokens_; ++key) {
      if (w(query, key) != 0.0f) mixed.row(query) += w(query, key) * v.row(key);
    }
  }
  return mixed;
}

}  // namespace headscope
