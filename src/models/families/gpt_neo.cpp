#include "models/config_fields.h"
#include "models/families/readers.h"

namespace headscope {
namespace {

TensorNames gpt_neo_names() {
  TensorNames names;
  names.prefix = "transformer.";
  names.token_embedding = "wte";
  names.position_embedding = "wpe";
  names.final_norm = "ln_f";
  names.output = "lm_head";
  names.attention_norm = "h.{}.ln_1";
  names.qkv = {"h.{}.attn.attention.q_proj", "h.{}.attn.attention.k_proj", "h.{}.attn.attention.v_proj"};
  names.attention_output = "h.{}.attn.attention.out_proj";
  names.feed_forward_norm = "h.{}.ln_2";
  names.up = "h.{}.mlp.c_fc";
  names.down = "h.{}.mlp.c_proj";
  names.constants = {".attn.attention.bias", ".attn.attention.masked_bias"};
  return names;
}

/// `attention_types`, such as [[["global", "local"], 12]]: runs of layers, each a pattern and how often it
/// comes. Errors: Corrupt, Unsupported.
Status read_attention_types(const Json& types, int window, TransformerConfig& into) {
  const Error wrong{ErrorCode::Corrupt,
                    "config.json: 'attention_types' must give a type to each of the " +
                        std::to_string(into.n_layers) + " layers",
                    "Check that config.json belongs to this checkpoint"};
  const auto n_layers = static_cast<std::size_t>(into.n_layers);
  if (!types.is_array()) return wrong;
  for (const Json& run : types) {
    if (!run.is_array() || run.size() != 2 || !run[0].is_array() || run[0].empty() ||
        !run[1].is_number_integer())
      return wrong;
    const auto n = run[1].get<std::int64_t>();
    for (std::int64_t i = 0; i < n && into.windows.size() < n_layers; ++i) {
      for (const Json& type : run[0]) {
        const std::string name = type.is_string() ? type.get<std::string>() : "";
        if (name != "global" && name != "local") {
          return unsupported_option("an attention type other than 'global' and 'local'");
        }
        into.windows.push_back(name == "local" ? window : 0);
      }
    }
  }
  return into.windows.size() == n_layers ? Status() : wrong;
}

}  // namespace

Result<FamilyModel> read_gpt_neo_config(const Json& json) {
  JsonFields fields(json, "config.json");
  TransformerConfig config;
  config.n_layers = static_cast<int>(fields.integer("num_layers", 1, kMaxLayers));
  config.n_heads = config.n_kv_heads = static_cast<int>(fields.integer("num_heads", 1, kMaxHeads));
  config.d_model = static_cast<int>(fields.integer("hidden_size", 1, kMaxWidth));
  config.d_feed_forward =
      static_cast<int>(fields.integer("intermediate_size", 1, kMaxWidth, 4 * config.d_model));
  config.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, kMaxVocabulary));
  config.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, kMaxPositions));
  config.norm_epsilon = static_cast<float>(fields.number("layer_norm_epsilon", 0, 1, 1e-5));
  config.tied_output = fields.boolean("tie_word_embeddings", true);
  const int window = static_cast<int>(fields.integer("window_size", 1, kMaxPositions, 256));
  auto activation = activation_from_name(fields.string("activation_function", "gelu_new"));
  if (!fields.status()) return fields.status().error();
  if (!activation) return activation.error();
  if (Status even = divide_into_heads("hidden_size", "num_heads", config); !even) return even.error();
  if (Status types = read_attention_types(fields.child("attention_types"), window, config); !types) {
    return types.error();
  }
  config.activation = *activation;
  config.score_scale = 1;  // trained without
  config.position = PositionKind::Learned;
  config.norm_bias = config.attention_output_bias = config.feed_forward_bias = true;
  return FamilyModel{config, gpt_neo_names()};
}

}  // namespace headscope
