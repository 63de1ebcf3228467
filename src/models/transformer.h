#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/result.h"
#include "core/rotary.h"
#include "core/thread_pool.h"
#include "models/float_rows.h"
#include "models/key_value_cache.h"
#include "models/transformer_config.h"
#include "models/transformer_params.h"
#include "trace/cross_record.h"

namespace headscope {

using LayerRowsPtr = std::shared_ptr<const LayerRows>;

/// One pass over the tokens [first, n_tokens): the rows before are known from `known`.
struct ForwardRequest {
  std::span<const int> ids;  ///< [n_tokens]; empty, when `embedded` is given
  /// [n_tokens, d_model] what enters the first block, positions included, for stacks that read no tokens
  /// (patches of a picture, frames of a sound); null: the embeddings of `ids`.
  const Matrix* embedded = nullptr;
  std::span<const int> positions;               ///< [n_tokens]; empty: 0, 1, 2, …
  std::span<const int> segments;                ///< [n_tokens]; empty: 0, where the stack has segments
  std::shared_ptr<const BoolMatrix> real_keys;  ///< [1, n_tokens]; null: no padding
  int first = 0;  ///< > 0 only for causal stacks without positions or padding of their own
  std::span<const AttentionLayerPtr> known;  ///< [n_layers] records that hold rows [0, first), when first > 0
  /// [n_key, d_model] the encoder's output, with cross-attention alone.
  const Matrix* memory = nullptr;
  std::shared_ptr<const BoolMatrix> real_memory;  ///< [1, n_key]; null: no padding
  /// [n_layers] cross-attention of rows [0, first) at least, at this memory, when first > 0.
  std::span<const CrossRowsPtr> known_cross;

  bool keep_weights = true;
  bool keep_hidden = false;
  bool final_hidden = false;  ///< false: the last layer stops at its weights
  std::stop_token stop;
  /// Called when a layer's attention is known, before its feed-forward. `cross` is null without
  /// cross-attention.
  std::function<void(int layer, const LayerRowsPtr& rows, const CrossRowsPtr& cross)> on_attention;

  int n_tokens() const {
    return embedded ? static_cast<int>(embedded->rows()) : static_cast<int>(ids.size());
  }
};

/// The rows [first, n_tokens) of everything that was asked for; cross-attention with the rows before.
struct ForwardResult {
  std::vector<LayerRowsPtr> layers;  ///< [n_layers]
  std::vector<CrossRowsPtr> cross;   ///< [n_layers] with cross-attention, else empty
  std::vector<Matrix> hidden;        ///< [n_layers + 1] of [n, d_model]; the last one normalised
  Matrix final_hidden;               ///< [n, d_model] after the final normalisation
};

/// The engine: one stack of blocks as its config says. It keeps the keys and values of the last pass, so that
/// a pass over a longer or edited text costs only the rows that changed. Not for several threads at once; the
/// work inside runs on the pool.
class Transformer {
 public:
  Transformer(TransformerConfig config, TransformerParams params, std::shared_ptr<ThreadPool> pool);

  const TransformerConfig& config() const { return config_; }
  ScoreRule score_rule(int layer, std::shared_ptr<const BoolMatrix> real_keys) const;
  ScoreRule cross_rule(std::shared_ptr<const BoolMatrix> real_memory) const;

  /// REQUIRES: ids, positions and segments within their tables, at most max_tokens of them. Errors:
  /// Cancelled; those of load_fault.
  Result<ForwardResult> forward(const ForwardRequest& request);

  /// Vocabulary logits, what stands before the output and soft cap included.
  ///   final_hidden  [n, d_model]
  ///   returns       [n, vocab_size]
  Matrix logits(const MatrixView& final_hidden) const;
  bool has_output() const { return !params_.output.empty(); }
  /// What was wrong with weights that have been read since the checkpoint was opened.
  std::optional<Error> load_fault() const;
  /// Reads the weights that are not in memory yet, layer by layer. May run beside a pass.
  void settle(const std::stop_token& stop) const;
  ThreadPool& pool() { return *pool_; }

 private:
  struct Pass;
  void prepare_cache(const ForwardRequest& request);
  void prepare_rotary(const ForwardRequest& request);
  void prepare_distance_bias(int n_tokens);
  bool embed(Pass& pass) const;
  void embed_row(const Pass& pass, int row, float* sum, float* part) const;
  const RotaryTable& rotary(int layer) const;
  /// The steps of one block; false when the pass was stopped in between.
  bool project_heads(Pass& pass, int layer);
  bool attend(Pass& pass, int layer, bool mix);
  bool add_attention(Pass& pass, int layer);
  /// The same for cross-attention: q, k and v; weights; what it adds to the stream.
  bool project_cross(Pass& pass, int layer);
  std::shared_ptr<const CrossKeys> cross_keys(const Pass& pass, int layer) const;
  bool attend_cross(Pass& pass, bool mix);
  bool add_cross(Pass& pass, int layer);
  bool add_feed_forward(Pass& pass, int layer);

  void normalize(const NormParams& norm, const FloatRows& input, FloatRows& output) const;
  bool apply(const PackedLinear& linear, const float* input, int input_stride, int n, float* output,
             int output_stride, const PackedLinear::Options& options, const std::stop_token& stop) const;
  /// Normalises, turns and caches the heads of one row.
  void finish_row(Pass& pass, int layer, int row);

  TransformerConfig config_;
  TransformerParams params_;
  std::shared_ptr<ThreadPool> pool_;
  KeyValueCache cache_;
  std::vector<int> cached_ids_;  ///< the tokens whose keys and values the cache holds, in every layer
  RotaryTable rotary_;           ///< grows with the positions that are asked for
  RotaryTable local_rotary_;     ///< of layers with a window, where they have a base of their own
  int rotary_regime_ = 0;        ///< RotaryScaling::regime of the tables
  std::shared_ptr<const Matrix> distance_bias_;  ///< relative positions alone; grows with the tokens
};

}  // namespace headscope
