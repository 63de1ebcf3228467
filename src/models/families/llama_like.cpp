#include "models/families/llama_like.h"

namespace headscope {
namespace {

TensorNames llama_names() {
  TensorNames names;
  names.prefix = "model.";
  names.token_embedding = "embed_tokens";
  names.final_norm = "norm";
  names.output = "lm_head";
  names.attention_norm = "layers.{}.input_layernorm";
  names.qkv = {"layers.{}.self_attn.q_proj", "layers.{}.self_attn.k_proj", "layers.{}.self_attn.v_proj"};
  names.attention_output = "layers.{}.self_attn.o_proj";
  names.feed_forward_norm = "layers.{}.post_attention_layernorm";
  names.gate = "layers.{}.mlp.gate_proj";
  names.up = "layers.{}.mlp.up_proj";
  names.down = "layers.{}.mlp.down_proj";
  names.constants = {".self_attn.rotary_emb.inv_freq"};
  return names;
}

}  // namespace

Result<FamilyModel> read_llama_like(const Json& json, JsonFields& fields, const LlamaLike& family) {
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("num_hidden_layers", 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer("num_attention_heads", 1, kMaxHeads));
  // Files from before grouped queries name none; each family's own default differs, but the shapes tell them
  // apart.
  config.n_kv_heads = static_cast<int>(fields.integer("num_key_value_heads", 1, kMaxHeads, config.n_heads));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth));
  const int head_dim = family.head_dim > 0 ? family.head_dim : config.d_model / std::max(1, config.n_heads);
  config.head_dim = static_cast<int>(fields.integer("head_dim", 1, kMaxWidth, head_dim));
  config.d_feed_forward = static_cast<int>(fields.integer("intermediate_size", 1, kMaxWidth));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  fields.integer("max_position_embeddings", 1, kMaxPositions);
  config.norm_epsilon = static_cast<float>(fields.number(family.epsilon_key, 0, 1, family.epsilon));
  config.tied_output = fields.boolean("tie_word_embeddings", family.tied);
  const std::string activation = fields.string(family.activation_key, family.activation);
  if (!fields.status()) return fields.status().error();
  const auto rotary =
      read_rotary(json, {family.rotary_base, family.rotary_share, {}, 0}, family.rotary_layers);
  if (!rotary) return rotary.error();
  if (rotary->share != 1 && !family.partial_rotary) {
    return unsupported_option("'partial_rotary_factor' other than 1");
  }
  auto known = activation_from_name(activation);
  if (!known) return known.error();

  config.activation = *known;
  config.norm = NormKind::RmsNorm;
  config.gated = true;
  config.score_scale = 1.0f / std::sqrt(static_cast<float>(config.head_dim));
  if (Status applied = apply_rotary(*rotary, config); !applied) return applied.error();
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();
  return FamilyModel{config, llama_names()};
}

Result<FamilyModel> finish_llama_like(const Json& json, JsonFields& fields, int window, FamilyModel model) {
  if (!fields.status()) return fields.status().error();
  if (Status types = read_layer_types(json, window, model.config); !types) return types.error();
  return model;
}

int read_window(const Json& json, JsonFields& fields, int if_absent) {
  return static_cast<int>(
      fields.integer("sliding_window", 1, kMaxPositions, json.contains("sliding_window") ? 0 : if_absent));
}

void window_from(int first_layer, int window, TransformerConfig& into) {
  if (window <= 0) return;
  into.windows.assign(static_cast<std::size_t>(into.n_layers), 0);
  for (int layer = first_layer; layer < into.n_layers; ++layer) {
    into.windows[static_cast<std::size_t>(layer)] = window;
  }
}

}  // namespace headscope
