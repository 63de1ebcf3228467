#pragma once

#include <cmath>
#include <vector>

#include "core/activation.h"
#include "core/norm.h"
#include "trace/layer_record.h"

namespace headscope {

enum class NormKind { LayerNorm, RmsNorm };

/// Where a block f normalises: Pre x + f(norm(x)), Post norm(x + f(x)), Sandwich x + norm'(f(norm(x))) as
/// Gemma 2.
enum class NormPlacement { Pre, Post, Sandwich };

enum class PositionKind {
  None,
  Learned,  ///< a row of a table is added to the embedding
  Rotary,   ///< pairs of q and k are turned by an angle that grows with the position
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

  NormKind norm = NormKind::LayerNorm;
  NormPlacement norm_placement = NormPlacement::Pre;
  GainOffset gain_offset = GainOffset::Zero;
  float norm_epsilon = 1e-5f;
  bool final_norm = true;
  bool parallel_residual = false;  ///< attention and feed-forward both read the block's input
  bool qk_norm = false;            ///< q and k of each head are RMS-normalised before rotation

  PositionKind position = PositionKind::None;
  int n_rotary =
      0;  ///< the first n_rotary of the head_dim features turn, halves paired: (i, i + n_rotary / 2)
  double rotary_base = 10000;

  float score_scale = 0;     ///< q·k is multiplied with it
  float score_soft_cap = 0;  ///< 0: none
  std::vector<int>
      windows;  ///< [n_layers] a query sees itself and the window - 1 keys before it; 0: all. Empty: all 0

  Activation activation = Activation::GeluTanh;
  bool gated = false;  ///< down(f(gate(x)) · up(x)) instead of down(f(up(x)))

  bool qkv_bias = false, attention_output_bias = false, feed_forward_bias = false, norm_bias = false;

  float embedding_scale = 1;
  bool tied_output = false;
  float logit_soft_cap = 0;  ///< of the vocabulary logits; 0: none

  HeadShape heads() const { return {n_heads, n_kv_heads, head_dim}; }
  int window(int layer) const { return windows.empty() ? 0 : windows[static_cast<std::size_t>(layer)]; }
};

}  // namespace headscope
