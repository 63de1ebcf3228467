#include "models/families/bloom_like.h"
#include "models/families/readers.h"
#include "models/rotary_fields.h"

namespace headscope {

Result<FamilyModel> read_falcon_config(const Json& json) {
  JsonFields fields(json, "config.json");
  const auto either = [&](const char* one, const char* other) { return either_key(fields, one, other); };
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer(either("num_hidden_layers", "n_layer"), 1, kMaxLayers));
  config.n_heads = static_cast<int>(fields.integer(either("num_attention_heads", "n_head"), 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth));
  config.d_feed_forward =
      static_cast<int>(fields.integer("ffn_hidden_size", 1, kMaxWidth, 4 * config.d_model));
  read_bloom_like(fields, config);
  const bool grouped = fields.boolean("new_decoder_architecture", false);
  const bool one_key = fields.boolean("multi_query", true), parallel = fields.boolean("parallel_attn", true);
  const bool bias = fields.boolean("bias", false), alibi = fields.boolean("alibi", false);
  const auto n_kv = fields.integer(either("num_kv_heads", "n_head_kv"), 1, kMaxHeads, config.n_heads);
  const auto n_norms = fields.integer("num_ln_in_parallel_attn", 1, 2, grouped ? 2 : 1);
  auto activation = activation_from_name(fields.string("activation", "gelu"));
  if (!fields.status()) return fields.status().error();
  if (!activation) return activation.error();
  if (alibi) return unsupported_option("'alibi' in Falcon, which rounds its slopes");
  config.n_kv_heads = grouped ? static_cast<int>(n_kv) : one_key ? 1 : config.n_heads;
  if (Status even = divide_into_heads("hidden_size", "num_attention_heads", config); !even)
    return even.error();
  const auto rotary = read_rotary(json, {.max_tokens = 2048});
  if (!rotary) return rotary.error();
  if (rotary->share != 1) return unsupported_option("'partial_rotary_factor' other than 1");
  if (Status applied = apply_rotary(*rotary, config); !applied) return applied.error();
  if (Status sizes = check_sizes(config); !sizes) return sizes.error();

  config.activation = *activation;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = bias;
  TensorNames names = bloom_like_names();
  config.parallel_residual = grouped || parallel;
  config.shared_norm = config.parallel_residual && !(grouped && n_norms == 2);
  if (grouped && n_norms == 2) {
    names.attention_norm = "h.{}.ln_attn";
    names.feed_forward_norm = "h.{}.ln_mlp";
  } else if (!config.parallel_residual) {
    names.feed_forward_norm = "h.{}.post_attention_layernorm";
  } else if (grouped && !parallel) {
    return unsupported_option("'new_decoder_architecture' without 'parallel_attn'");
  }
  return FamilyModel{config, names};
}

}  // namespace headscope
