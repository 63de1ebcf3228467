#include "trace/cross_record.h"

#include <algorithm>
#include <cassert>

namespace headscope {

std::shared_ptr<CrossRows> with_first_rows(const HeadShape& shape, const CrossRows& known, int n_known,
                                           int n_query) {
  assert(n_known <= n_query && n_known <= known.n_query);
  auto rows = std::make_shared<CrossRows>();
  rows->n_query = n_query;
  rows->n_key = known.n_key;
  rows->keys = known.keys;
  const auto width = static_cast<std::size_t>(shape.query_width());
  const auto queries = static_cast<std::size_t>(n_query), n_key = static_cast<std::size_t>(known.n_key);
  rows->query = FloatBuffer(queries * width);
  std::copy_n(known.query.data(), static_cast<std::size_t>(n_known) * width, rows->query.data());
  if (known.weights.empty()) return rows;
  const auto n_heads = static_cast<std::size_t>(shape.n_heads);
  rows->weights = FloatBuffer(n_heads * queries * n_key);
  for (std::size_t head = 0; head < n_heads; ++head) {
    const std::size_t from = head * static_cast<std::size_t>(known.n_query) * n_key;
    std::copy_n(known.weights.data() + from, static_cast<std::size_t>(n_known) * n_key,
                rows->weights.data() + head * queries * n_key);
  }
  return rows;
}

HeadJob cross_job(const HeadShape& shape, const ScoreRule& rule, const CrossRows& rows, int head, int first,
                  int n) {
  HeadJob job;
  rule.apply_to(job, head, first, {});
  job.ranges = nullptr;  // every key, padding apart
  const std::ptrdiff_t of_head =
      static_cast<std::ptrdiff_t>(shape.kv_head(head)) * rows.n_key * shape.head_dim;
  job.query = rows.query.data() + static_cast<std::ptrdiff_t>(first) * shape.query_width() +
              static_cast<std::ptrdiff_t>(head) * shape.head_dim;
  job.query_stride = shape.query_width();
  job.key = rows.keys->key.data() + of_head;
  job.value = rows.keys->value.data() + of_head;
  job.key_stride = job.value_stride = shape.head_dim;
  job.n_query = n;
  job.n_key = rows.n_key;
  job.head_dim = shape.head_dim;
  return job;
}

CrossRecord::CrossRecord(HeadShape shape, ScoreRule rule, CrossRowsPtr rows)
    : shape_(shape), rule_(std::move(rule)), rows_(std::move(rows)) {
  assert(!rule_.causal && rule_.window == 0 && !rule_.distance_bias);
}

Matrix CrossRecord::query(int head) const {
  return Eigen::Map<const Matrix>(rows_->query.data(), rows_->n_query, shape_.query_width())
      .middleCols(head * shape_.head_dim, shape_.head_dim);
}

Matrix CrossRecord::part(const FloatBuffer& keys_or_values, int head) const {
  const std::ptrdiff_t of_head =
      static_cast<std::ptrdiff_t>(shape_.kv_head(head)) * rows_->n_key * shape_.head_dim;
  return Eigen::Map<const Matrix>(keys_or_values.data() + of_head, rows_->n_key, shape_.head_dim);
}

void CrossRecord::recompute(int head, int first, int n, float* weights, float* scores, float* z) const {
  HeadJob job = cross_job(shape_, rule_, *rows_, head, first, n);
  job.weights = weights;
  job.scores = scores;
  job.weights_stride = job.scores_stride = rows_->n_key;
  job.z = z;
  job.z_stride = shape_.head_dim;
  attend_head(job);
}

void CrossRecord::weights_row(int head, int query, std::span<float> row) const {
  assert(static_cast<int>(row.size()) == rows_->n_key && query < rows_->n_query);
  if (!keeps_weights()) {
    recompute(head, query, 1, row.data(), nullptr, nullptr);
    return;
  }
  const std::ptrdiff_t at = (static_cast<std::ptrdiff_t>(head) * rows_->n_query + query) * rows_->n_key;
  std::copy_n(rows_->weights.data() + at, rows_->n_key, row.begin());
}

void CrossRecord::weights_rows(int head, int first, std::span<float> rows) const {
  if (keeps_weights() || rows_->n_key == 0) return AttentionLayer::weights_rows(head, first, rows);
  const int n = static_cast<int>(rows.size()) / rows_->n_key;
  assert(first >= 0 && first + n <= rows_->n_query);
  if (n > 0) recompute(head, first, n, rows.data(), nullptr, nullptr);
}

Matrix CrossRecord::weights(int head) const {
  Matrix all(rows_->n_query, rows_->n_key);
  weights_rows(head, 0, {all.data(), static_cast<std::size_t>(all.size())});
  return all;
}

Matrix CrossRecord::scores(int head) const {
  Matrix all(rows_->n_query, rows_->n_key);
  recompute(head, 0, rows_->n_query, nullptr, all.data(), nullptr);
  return all;
}

Matrix CrossRecord::z(int head) const {
  Matrix all(rows_->n_query, shape_.head_dim);
  recompute(head, 0, rows_->n_query, nullptr, nullptr, all.data());
  return all;
}

}  // namespace headscope
