#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/fast_attention.h"
#include "trace/attention_trace.h"
#include "trace/float_buffer.h"

namespace headscope {

/// The sizes of one layer's attention.
struct HeadShape {
  int n_heads = 0, n_kv_heads = 0, head_dim = 0;
  int query_width() const { return n_heads * head_dim; }
  int kv_width() const { return n_kv_heads * head_dim; }
  /// A row of q, k and v side by side.
  int qkv_width() const { return query_width() + 2 * kv_width(); }
  /// How far apart such rows are: whole cache lines, so that vector code rounds alike in every row.
  int qkv_stride() const { return (qkv_width() + 15) / 16 * 16; }
  /// The key/value head that `head` reads.
  int kv_head(int head) const { return head / (n_heads / n_kv_heads); }
  /// Where its key begins in a row; its value lies kv_width() further.
  int key_column(int head) const { return query_width() + kv_head(head) * head_dim; }
};

/// How q·k becomes what enters the softmax, and which keys a query sees: enough to compute weights again.
struct ScoreRule {
  float scale = 1;     ///< q·k is multiplied with it
  float soft_cap = 0;  ///< s becomes cap·tanh(s / cap); 0: no cap
  bool causal = true;
  int window = 0;  ///< a query sees itself and the window - 1 keys before it; 0: no window
  /// [1, n_key] false where a key is padding; null: no key is.
  std::shared_ptr<const BoolMatrix> real_keys = nullptr;
  /// [n_heads, 2 reach + 1], reach ≥ n_key - 1: what is added to a score by the distance of its key, column
  /// reach + key - query (T5); null: nothing.
  std::shared_ptr<const Matrix> distance_bias = nullptr;

  /// The keys that each of the queries first, first + 1, … may see, padding apart.
  std::vector<KeyRange> ranges(int first, int n, int n_key) const;
  /// Fills the fields of `job` that this rule decides for queries first, first + 1, … of `head`. `key_ranges`
  /// and the rule must outlive the job.
  void apply_to(HeadJob& job, int head, int first, const std::vector<KeyRange>& key_ranges) const;
};

/// Consecutive query rows [first, first + n) whose weights lie together as [n_heads, n, n_key]. Keys from
/// n_key on are in the future of every one of them.
struct WeightChunk {
  int first = 0, n = 0, n_key = 0;
  std::size_t offset = 0;  ///< into LayerRows::weights
};

/// Consecutive token rows [first, first + n) of one layer that were computed together and never change
/// afterwards.
struct LayerRows {
  int first = 0, n = 0;
  FloatBuffer qkv;      ///< [n, qkv_width()], rows qkv_stride() apart: q of all heads, then k, then v
  FloatBuffer weights;  ///< the chunks one after the other; empty when weights are not kept
  std::vector<WeightChunk> chunks;  ///< tile the rows in order; empty when weights are not kept
};

/// The first `n_used` rows of a block: an edit inside a block keeps the rows before it.
struct SharedLayerRows {
  std::shared_ptr<const LayerRows> rows;
  int n_used = 0;
  int end() const { return rows->first + n_used; }
};

/// What the heads of one self-attention layer did, as a list of blocks that successive traces share.
class LayerRecord final : public AttentionLayer {
 public:
  /// REQUIRES: the blocks tile [0, n_tokens) in order and either all keep weights or none does.
  LayerRecord(HeadShape shape, ScoreRule rule, std::vector<SharedLayerRows> blocks);

  /// The blocks that hold the first `n_rows` rows.
  std::vector<SharedLayerRows> first_rows(int n_rows) const;
  const ScoreRule& rule() const { return rule_; }

  int n_heads() const override { return shape_.n_heads; }
  int n_kv_heads() const override { return shape_.n_kv_heads; }
  int head_dim() const override { return shape_.head_dim; }
  int n_query() const override { return n_tokens_; }
  int n_key() const override { return n_tokens_; }
  float scale() const override { return rule_.scale; }
  bool keeps_weights() const override { return keeps_weights_; }
  void weights_row(int head, int query, std::span<float> row) const override;
  void weights_rows(int head, int first, std::span<float> rows) const override;
  Matrix weights(int head) const override;
  Matrix scores(int head) const override;
  void scores_row(int head, int query, std::span<float> row) const override;
  Matrix query(int head) const override { return part(head * shape_.head_dim); }
  Matrix key(int head) const override;
  Matrix value(int head) const override;
  Matrix z(int head) const override;

 private:
  const SharedLayerRows& block_of(int row) const;
  /// [n_tokens, head_dim]: columns [column, column + head_dim) of the qkv rows.
  Matrix part(int column) const;
  /// Runs the attention of queries [first, first + n) again; `weights` and `scores` are [n, n_tokens] or
  /// null.
  void recompute(int head, int first, int n, float* weights, float* scores) const;

  HeadShape shape_;
  ScoreRule rule_;
  std::vector<SharedLayerRows> blocks_;
  int n_tokens_ = 0;
  bool keeps_weights_ = true;
};

}  // namespace headscope
