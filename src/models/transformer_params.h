#pragma once

#include <vector>

#include "core/linear.h"
#include "core/types.h"
#include "models/embedding_table.h"

namespace headscope {

struct NormParams {
  Vector gain;  ///< [d]; empty: this norm does not exist
  Vector bias;  ///< [d]; empty: none
  const float* gain_or_null() const { return gain.size() > 0 ? gain.data() : nullptr; }
  const float* bias_or_null() const { return bias.size() > 0 ? bias.data() : nullptr; }
};

/// One block. Linear layers are written [n_in → n_out]; a bias is part of the layer.
struct LayerParams {
  NormParams attention_norm;  ///< [d_model]
  PackedLinear qkv;  ///< [d_model → (n_heads + 2 n_kv_heads) head_dim]: q of all heads, then k, then v
  NormParams query_norm, key_norm;  ///< [head_dim], with qk_norm alone
  PackedLinear attention_output;    ///< [n_heads head_dim → d_model]
  NormParams attention_post_norm;   ///< [d_model], sandwich alone
  NormParams feed_forward_norm;     ///< [d_model]
  PackedLinear up;    ///< [d_model → d_feed_forward], gated: [d_model → 2 d_feed_forward], gate first
  PackedLinear down;  ///< [d_feed_forward → d_model]
  NormParams feed_forward_post_norm;  ///< [d_model], sandwich alone
};

/// Everything that was learned. Shared and immutable once loaded.
struct TransformerParams {
  EmbeddingTable token_embedding;     ///< [vocab_size, d_model]
  EmbeddingTable position_embedding;  ///< [max_tokens, d_model], learned positions alone
  std::vector<LayerParams> layers;    ///< [n_layers]
  NormParams final_norm;              ///< [d_model]
  PackedLinear output;                ///< [d_model → vocab_size]; empty: the model names no next tokens
};

}  // namespace headscope
