#pragma once

#include <cmath>
#include <vector>

#include "core/activation.h"
#include "core/norm.h"
#include "core/position_bias.h"
#include "core/positions.h"
#include "core/rotary.h"
#include "core/rotary_scaling.h"
#include "trace/attention_trace.h"
#include "trace/layer_record.h"

namespace headscope {

enum class NormKind { LayerNorm, RmsNorm };

/// Where a block f normalises: Pre x + f(norm(x)), Post norm(x + f(x)), Sandwich x + norm'(f(norm(x))) as
/// Gemma 2, Output x + norm(f(x)) as OLMo 2.
enum class NormPlacement { Pre, Post, Sandwich, Output };
inline bool norms_input(NormPlacement p) {
  return p == NormPlacement::Pre || p == NormPlacement::Sandwich;
}
inline bool norms_output(NormPlacement p) {
  return p == NormPlacement::Sandwich || p == NormPlacement::Output;
}

enum class PositionKind {
  None,
  Learned,     ///< a row of a table is added to the embedding
  Rotary,      ///< pairs of q and k are turned by an angle that grows with the position
  Sinusoidal,  ///< sines and cosines are added to the embedding (Marian)
  Alibi,       ///< the farther back a key lies, the more its score loses, by head (BLOOM)
  Relative,    ///< a number that depends on the distance of query and key is added to every score (T5)
};

/// What there is to know about one stack of transformer blocks. Plain numbers: a family (models/families)
/// fills them from config.json, the engine does what they say. An encoder is a stack with causal = false; an
/// encoder-decoder is two stacks.
struct TransformerConfig {
  int n_layers = 0;
  int n_heads = 0, n_kv_heads = 0, head_dim = 0;
  int d_model = 0, d_feed_forward = 0;
  int vocab_size = 0, max_tokens = 0;
  bool causal = true;
  bool cross_attention = false;  ///< after its self-attention a block looks at an encoder's output

  NormKind norm = NormKind::LayerNorm;
  NormPlacement norm_placement = NormPlacement::Pre;
  GainOffset gain_offset = GainOffset::Zero;
  float norm_epsilon = 1e-5f;
  bool final_norm = true;
  bool parallel_residual = false;  ///< attention and feed-forward both read the block's input
  bool shared_norm = false;        ///< … and both behind the attention's norm (Phi)
  bool qk_norm = false;            ///< q and k of each head are RMS-normalised before rotation
  bool qk_norm_across = false;     ///< … q of all heads together, and k (OLMo 2)

  PositionKind position = PositionKind::None;
  int position_offset = 0;  ///< position p reads row p + position_offset of the table (BART: 2)
  /// Tokens with this id take no position: they read the row before the first (RoBERTa). -1: every token
  /// takes one.
  int padding_id = -1;
  SinusoidOrder sinusoid = SinusoidOrder::Halves;
  RelativeBuckets relative;
  int n_rotary = 0;  ///< the first n_rotary of the head_dim features turn
  RotaryPairing rotary_pairing = RotaryPairing::Halves;
  double rotary_base = 10000;
  RotaryScaling rotary_scaling;
  double local_rotary_base = 0;  ///< of layers with a window, without scaling (Gemma 3); 0: as the others

  float query_scale = 1;     ///< q is multiplied with it as soon as it is projected (BART)
  float score_scale = 0;     ///< q·k is multiplied with it
  float score_soft_cap = 0;  ///< 0: none
  std::vector<int>
      windows;  ///< [n_layers] a query sees itself and the window - 1 keys before it; 0: all. Empty: all 0

  Activation activation = Activation::GeluTanh;
  bool gated = false;  ///< down(f(gate(x)) · up(x)) instead of down(f(up(x)))

  bool qkv_bias = false, attention_output_bias = false, feed_forward_bias = false, norm_bias = false;
  bool key_bias = true;  ///< false: with qkv_bias, q and v alone have one (Whisper)

  int d_embedding = 0;  ///< width of the embeddings where they are projected to d_model (ELECTRA); 0: not
  int n_segments = 0;   ///< rows of the table of segments that is added to the embedding (BERT); 0: none
  bool embedding_norm = false;  ///< the sum of all embeddings is normalised
  float embedding_scale = 1;    ///< of the token's embedding alone

  bool has_output = true;  ///< false: the checkpoint names no next tokens
  bool tied_output = false;
  bool output_bias = false;
  float output_scale = 1;  ///< of what the output reads (T5, tied)
  /// The output reads norm(f(W h)), as wide as the embeddings: BERT and its relatives.
  bool output_transform = false;
  Activation output_activation = Activation::GeluErf;
  float logit_soft_cap = 0;  ///< of the vocabulary logits; 0: none

  int embedding_width() const { return d_embedding > 0 ? d_embedding : d_model; }
  HeadShape heads() const { return {n_heads, n_kv_heads, head_dim}; }
  int window(int layer) const { return windows.empty() ? 0 : windows[static_cast<std::size_t>(layer)]; }
};

/// What a trace says of the sizes.
inline TraceShape trace_shape(const TransformerConfig& config) {
  return {config.n_layers, config.n_heads, config.n_kv_heads,
          config.head_dim, config.d_model, config.vocab_size};
}

}  // namespace headscope
