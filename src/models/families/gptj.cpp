#include "models/config_fields.h"
#include "models/families/readers.h"

namespace headscope {
namespace {

TensorNames gptj_names() {
  TensorNames names;
  names.prefix = "transformer.";
  names.token_embedding = "wte";
  names.final_norm = "ln_f";
  names.output = "lm_head";
  names.attention_norm = "h.{}.ln_1";
  names.qkv = {"h.{}.attn.q_proj", "h.{}.attn.k_proj", "h.{}.attn.v_proj"};
  names.attention_output = "h.{}.attn.out_proj";
  names.up = "h.{}.mlp.fc_in";
  names.down = "h.{}.mlp.fc_out";
  names.constants = {".attn.bias", ".attn.masked_bias", ".attn.embed_positions"};
  return names;
}

}  // namespace

Result<FamilyModel> read_gptj_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("n_layer", 1, kMaxLayers));
  config.n_heads = config.n_kv_heads = static_cast<int>(fields.integer("n_head", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("n_embd", 1, kMaxWidth));
  config.d_feed_forward = static_cast<int>(fields.integer("n_inner", 1, kMaxWidth, 4 * config.d_model));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("n_positions", 1, kMaxPositions));
  // Without it the published code turns by another rule.
  config.n_rotary = static_cast<int>(fields.integer("rotary_dim", 2, kMaxWidth));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_epsilon", 0, 1, 1e-5));
  config.tied_output = fields.boolean("tie_word_embeddings", false);
  auto activation = activation_from_name(fields.string("activation_function", "gelu_new"));
  if (!fields.status()) return fields.status().error();
  if (!activation) return activation.error();
  if (Status even = divide_into_heads("n_embd", "n_head", config); !even) return even.error();
  config.activation = *activation;
  config.position = PositionKind::Rotary;
  config.rotary_pairing = RotaryPairing::Interleaved;
  config.parallel_residual = config.shared_norm = true;
  config.norm_bias = config.feed_forward_bias = config.output_bias = true;
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  return FamilyModel{config, gptj_names()};
}

}  // namespace headscope
