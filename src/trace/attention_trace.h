#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/types.h"
#include "trace/shared_rows.h"

namespace headscope {

/// One token as the model read it. Byte ranges tile the text (special tokens have an empty range).
struct TraceToken {
  int id = 0;
  std::string
      text;  ///< the bytes of the text it stands for, spaces and newlines included ("" for special ones)
  std::string label;  ///< what the vocabulary calls it, for special tokens and raw bytes ("<s>", "<0xE2>")
  std::size_t begin = 0;  ///< byte range [begin, end) in the input text
  std::size_t end = 0;
  bool special = false;  ///< added by the model, not typed
  bool piece = false;    ///< part of a word the vocabulary does not hold
};

struct TraceShape {
  int n_layers = 0, n_heads = 0, n_kv_heads = 0, head_dim = 0, d_model = 0, vocab_size = 0;
};

/// What the heads of one layer did. Immutable; safe to read from any thread.
/// Keys that lie beyond a stored row were in the future of its query: their weight is exactly 0.
class AttentionLayer {
 public:
  virtual ~AttentionLayer() = default;
  virtual int n_heads() const = 0;
  virtual int n_kv_heads() const = 0;
  virtual int head_dim() const = 0;
  virtual int n_query() const = 0;
  virtual int n_key() const = 0;
  /// The factor that q·k is multiplied with before bias, cap and mask (1/√head_dim in most models).
  virtual float scale() const = 0;

  /// Whether the weights are stored; when not, `weights` and `weights_row` compute them from q and k.
  virtual bool keeps_weights() const = 0;
  /// Copies row `query` of `head` into `row`, which has n_key() elements; masked ones are exactly 0.
  virtual void weights_row(int head, int query, std::span<float> row) const = 0;
  /// [n_query, n_key], rows sum to 1.
  virtual Matrix weights(int head) const = 0;
  /// [n_query, n_key]: what enters the softmax (scaled, biased, capped); masked = -inf.
  virtual Matrix scores(int head) const = 0;
  /// [n_tokens, head_dim] after rotation and normalisation; k and v repeated for grouped queries.
  virtual Matrix query(int head) const = 0;
  virtual Matrix key(int head) const = 0;
  virtual Matrix value(int head) const = 0;
  /// [n_query, head_dim]: weights times values, before the output projection.
  virtual Matrix z(int head) const = 0;
};
using AttentionLayerPtr = std::shared_ptr<const AttentionLayer>;

struct TokenProbability {
  int id = 0;
  std::string text;
  float probability = 0;
};

/// Everything that one forward pass showed. Immutable once made; a trace in progress is published again after
/// each layer with the later layers still null.
struct AttentionTrace {
  std::string model_name;
  std::uint64_t model_instance = 0;  ///< differs between any two models loaded by this process
  std::string text;
  TraceShape shape;
  bool causal = true;
  bool reusable = false;  ///< made with default positions and no padding: a later pass may keep its rows
  std::vector<TraceToken> tokens;
  std::vector<AttentionLayerPtr> layers;  ///< [n_layers]; null while a layer is not computed yet
  /// [n_tokens][≤ 8] the most probable next tokens after each position, best first; empty until the last
  /// layer is done.
  std::vector<std::vector<TokenProbability>> next_tokens;
  /// On request (TraceOptions::keep_hidden), else empty. [n_layers + 1] of [n_tokens, d_model]: 0 enters the
  /// first block, l + 1 leaves block l; the last has gone through the final normalisation where the model has
  /// one.
  std::vector<SharedRows> hidden;
  SharedRows logits;   ///< on request (TraceOptions::keep_logits), else empty: [n_tokens, vocab_size]
  Vector last_logits;  ///< on request (TraceOptions::keep_last_logits), else empty: [vocab_size] after the
                       ///< last token
  double compute_ms = 0;
  int n_computed = 0;  ///< how many positions were computed; the rest were kept from the trace before

  bool complete() const { return !layers.empty() && layers.back() != nullptr; }
  int n_tokens() const { return static_cast<int>(tokens.size()); }
};
using TracePtr = std::shared_ptr<const AttentionTrace>;

}  // namespace headscope
