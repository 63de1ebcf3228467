#pragma once

#include <memory>

#include "trace/layer_record.h"

namespace headscope {

/// The sequence that is looked at, as one layer sees it. Never changes afterwards.
struct CrossKeys {
  int n_key = 0;
  FloatBuffer key;    ///< [n_kv_heads, n_key, head_dim]
  FloatBuffer value;  ///< [n_kv_heads, n_key, head_dim]
};

/// What one layer computed when its queries looked at another sequence. Never changes afterwards.
struct CrossRows {
  int n_query = 0, n_key = 0;
  FloatBuffer query;                      ///< [n_query, n_heads head_dim]
  std::shared_ptr<const CrossKeys> keys;  ///< shared by rows that look at the same sequence
  FloatBuffer weights;                    ///< [n_heads, n_query, n_key]; empty when weights are not kept
};
using CrossRowsPtr = std::shared_ptr<const CrossRows>;

/// Rows of `n_query` queries, of which the first `n_known` are copied from `known`; the rest is not
/// initialised. Weights are kept where `known` keeps them. REQUIRES: n_known ≤ n_query, known->n_query.
std::shared_ptr<CrossRows> with_first_rows(const HeadShape& shape, const CrossRows& known, int n_known,
                                           int n_query);

/// What the heads of one cross-attention layer did.
class CrossRecord final : public AttentionLayer {
 public:
  /// REQUIRES: the rule is neither causal nor windowed: positions of two sequences have no order.
  CrossRecord(HeadShape shape, ScoreRule rule, CrossRowsPtr rows);

  int n_heads() const override { return shape_.n_heads; }
  int n_kv_heads() const override { return shape_.n_kv_heads; }
  int head_dim() const override { return shape_.head_dim; }
  int n_query() const override { return rows_->n_query; }
  int n_key() const override { return rows_->n_key; }
  float scale() const override { return rule_.scale; }
  bool keeps_weights() const override { return !rows_->weights.empty(); }
  void weights_row(int head, int query, std::span<float> row) const override;
  void weights_rows(int head, int first, std::span<float> rows) const override;
  Matrix weights(int head) const override;
  Matrix scores(int head) const override;
  Matrix query(int head) const override;
  Matrix key(int head) const override { return part(rows_->keys->key, head); }
  Matrix value(int head) const override { return part(rows_->keys->value, head); }
  Matrix z(int head) const override;

 private:
  /// [n_key, head_dim]
  Matrix part(const FloatBuffer& keys_or_values, int head) const;
  /// Runs the attention of queries [first, first + n) again; each output is [n, columns] or null.
  void recompute(int head, int first, int n, float* weights, float* scores, float* z) const;

  HeadShape shape_;
  ScoreRule rule_;
  CrossRowsPtr rows_;
};

/// The job of queries [first, first + n) of one head, without its outputs.
///   shape, rule   of the layer; `rule` and `rows` must outlive the job
HeadJob cross_job(const HeadShape& shape, const ScoreRule& rule, const CrossRows& rows, int head, int first,
                  int n);

}  // namespace headscope
