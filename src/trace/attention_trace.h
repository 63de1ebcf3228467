#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/types.h"
#include "trace/shared_rows.h"
#include "trace/trace_media.h"

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

/// The word alone: the space that most tokens begin with is no part of it; special tokens by their label.
std::string word_of(const TraceToken& token);

/// Consecutive tokens [begin, end).
struct TokenRange {
  int begin = 0, end = 0;
  int size() const { return end - begin; }
  friend bool operator==(const TokenRange&, const TokenRange&) = default;
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
  /// Copies the rows of the queries first, first + 1, … of `head`, as many as `rows` [n, n_key()] has room
  /// for: the same numbers, for less where they must be computed.
  virtual void weights_rows(int head, int first, std::span<float> rows) const;
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
  /// Whether `scores` is known; a dump may hold weights alone.
  virtual bool has_scores() const { return true; }
  /// Copies row `query` of the scores of `head` into `row`, which has n_key() elements.
  virtual void scores_row(int head, int query, std::span<float> row) const;
  /// What row `query` of `head` gives to keys that this layer does not show (trace_view.h).
  struct LeftOut {
    float weight = 0;
    int count = 0;  ///< keys with a weight above 0
  };
  virtual LeftOut left_out(int /*head*/, int /*query*/) const { return {}; }
};
using AttentionLayerPtr = std::shared_ptr<const AttentionLayer>;

struct TokenProbability {
  int id = 0;
  std::string text;
  float probability = 0;
};

/// Which attention a trace holds.
enum class AttentionPart {
  Self,     ///< the only one of a model with one stack
  Encoder,  ///< an encoder's positions among each other
  Decoder,  ///< a decoder's positions among each other
  Cross,    ///< a decoder's positions look at the encoder's
};

/// "encoder", "decoder", "cross-attention"; "" of a model with one stack.
const char* part_name(AttentionPart part);

struct AttentionTrace;
using TracePtr = std::shared_ptr<const AttentionTrace>;

/// Everything that one forward pass showed. Immutable once made; a trace in progress is published again after
/// each layer with the later layers still null.
///
/// An encoder-decoder has three kinds of attention. Its trace holds one trace for each in `parts`, and is
/// itself the decoder's, so that whoever knows nothing of parts sees a model that writes token after token.
struct AttentionTrace {
  std::string model_name;
  std::uint64_t model_instance = 0;  ///< differs between any two models loaded by this process
  std::string text;
  /// Of a pair of texts: the byte of `text` at which the second begins; npos: there is one text.
  std::size_t second_begin = std::string::npos;
  TraceShape shape;
  AttentionPart part = AttentionPart::Self;
  bool causal = true;     ///< a query sees itself and what came before; false: everything
  bool reusable = false;  ///< made with default positions and no padding: a later pass may keep its rows
  std::vector<TraceToken> tokens;         ///< the queries
  std::vector<TraceToken> key_tokens;     ///< what cross-attention looks at; empty: `tokens`
  std::vector<AttentionLayerPtr> layers;  ///< [n_layers]; null while a layer is not computed yet
  /// [n_tokens][≤ 8] the most probable next tokens after each position, best first; empty until the last
  /// layer is done. Of a model that fills gaps (BERT): the most probable tokens at each position.
  std::vector<std::vector<TokenProbability>> next_tokens;
  /// On request (TraceOptions::keep_hidden), else empty. [n_layers + 1] of [n_tokens, d_model]: 0 enters the
  /// first block, l + 1 leaves block l; the last has gone through the final normalisation where the model has
  /// one.
  std::vector<SharedRows> hidden;
  SharedRows logits;    ///< on request (TraceOptions::keep_logits), else empty: [n_tokens, vocab_size]
  Vector last_logits;   ///< on request (TraceOptions::keep_last_logits), else empty: [vocab_size] after the
                        ///< last token
  TraceMediaPtr media;  ///< the picture or the sound that was read; null: text
  double compute_ms = 0;
  int n_computed = 0;  ///< how many positions were computed; the rest were kept from the trace before
  /// Encoder, decoder and cross of an encoder-decoder, in this order; else empty. A part has no parts. The
  /// encoder's layers may be done while the others are still null.
  std::vector<TracePtr> parts;
  /// Of a view that merges tokens or leaves some out (trace_view.h): the trace it was made of, and which of
  /// its tokens each one stands for. Else null and empty.
  TracePtr ungrouped;
  std::vector<TokenRange> groups;      ///< [n_tokens]
  std::vector<TokenRange> key_groups;  ///< [n_keys]

  bool complete() const { return !layers.empty() && layers.back() != nullptr; }
  int n_tokens() const { return static_cast<int>(tokens.size()); }
  const std::vector<TraceToken>& keys() const { return key_tokens.empty() ? tokens : key_tokens; }
  int n_keys() const { return static_cast<int>(keys().size()); }
};

/// The trace of one kind of attention: one of the parts, or `trace` itself when it is of that kind. Null when
/// the model has none.
TracePtr part_of(const TracePtr& trace, AttentionPart part);

}  // namespace headscope
