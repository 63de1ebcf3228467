#pragma once

#include <memory>
#include <vector>

#include "base/first_error.h"
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
  NormParams cross_norm;            ///< [d_model], these with cross-attention alone
  PackedLinear cross_query;         ///< [d_model → n_heads head_dim]
  PackedLinear cross_key_value;     ///< [d_model → 2 n_kv_heads head_dim]: k of all heads, then v
  PackedLinear cross_output;        ///< [n_heads head_dim → d_model]
  NormParams feed_forward_norm;     ///< [d_model]
  PackedLinear up;    ///< [d_model → d_feed_forward], gated: [d_model → 2 d_feed_forward], gate first
  PackedLinear down;  ///< [d_feed_forward → d_model]
  NormParams feed_forward_post_norm;  ///< [d_model], sandwich alone
};

/// Everything that was learned. Shared and immutable once loaded.
struct TransformerParams {
  EmbeddingTable token_embedding;     ///< [vocab_size, d_embedding]; empty: the stack reads no tokens
  EmbeddingTable position_embedding;  ///< [max_tokens + position_offset, d_embedding], learned or sinusoidal
  EmbeddingTable segment_embedding;   ///< [n_segments, d_embedding]
  NormParams embedding_norm;          ///< [d_embedding]
  PackedLinear embedding_projection;  ///< [d_embedding → d_model]; empty: they are as wide
  Matrix relative_bias;               ///< [n_buckets, n_heads], relative positions alone
  std::vector<LayerParams> layers;    ///< [n_layers]
  NormParams final_norm;              ///< [d_model]
  PackedLinear output_transform;      ///< [d_model → d_embedding]
  NormParams output_norm;             ///< [d_embedding], with output_transform alone
  std::shared_ptr<FirstError> fault;  ///< of weights that are read as they are used; else null
  PackedLinear output;                ///< [d_embedding → vocab_size]; empty: the model names no next tokens
};

}  // namespace headscope
