#include "models/config_fields.h"

#include "io/quote.h"

namespace headscope {
namespace {

const char* const kUnsupportedHint =
    "Use a checkpoint without it; 'headscope models' lists the built-in ones";

}  // namespace

Error corrupt_config(const std::string& what) {
  return {ErrorCode::Corrupt, "config.json: " + what, "Check that config.json belongs to this checkpoint"};
}

Error unsupported_option(const std::string& what) {
  return {ErrorCode::Unsupported, "config.json: " + what + " is not supported", kUnsupportedHint};
}

Result<Activation> activation_from_name(const std::string& name) {
  if (name == "gelu_new" || name == "gelu_pytorch_tanh" || name == "gelu_fast") return Activation::GeluTanh;
  if (name == "gelu" || name == "gelu_python") return Activation::GeluErf;
  if (name == "silu" || name == "swish") return Activation::Silu;
  if (name == "relu") return Activation::Relu;
  return unsupported_option("the activation " + quote(name));
}

Status read_layer_types(const Json& config, int sliding_window, TransformerConfig& into) {
  if (!config.contains("layer_types") || config["layer_types"].is_null()) return {};
  const Json& types = config["layer_types"];
  if (!types.is_array() || static_cast<int>(types.size()) != into.n_layers) {
    return corrupt_config("'layer_types' must be a list of " + std::to_string(into.n_layers) + " names");
  }
  into.windows.assign(static_cast<std::size_t>(into.n_layers), 0);
  for (std::size_t layer = 0; layer < types.size(); ++layer) {
    if (types[layer] == "full_attention") continue;
    if (types[layer] != "sliding_attention") {
      const std::string name =
          types[layer].is_string() ? types[layer].get<std::string>() : types[layer].dump();
      return unsupported_option("the layer type " + quote(name));
    }
    if (sliding_window <= 0)
      return corrupt_config("'layer_types' names sliding layers, but 'sliding_window' is missing");
    into.windows[layer] = sliding_window;
  }
  return {};
}

Status check_plain_weights(const Json& config) {
  if (config.contains("quantization_config") && !config["quantization_config"].is_null()) {
    return unsupported_option("'quantization_config' (quantised weights)");
  }
  return {};
}

std::string architecture_of(const Json& config) {
  return config["architectures"][0].get<std::string>();
}

Status check_heads(const Json& config, const char* width, const char* n_heads) {
  const auto wide = config[width].get<std::int64_t>(), heads = config[n_heads].get<std::int64_t>();
  if (wide % heads == 0) return {};
  return corrupt_config(std::string("'") + width + "', " + std::to_string(wide) +
                        ", must be a multiple of '" + n_heads + "', " + std::to_string(heads));
}

Status divide_into_heads(const char* width_key, const char* heads_key, TransformerConfig& into) {
  if (into.d_model % into.n_heads != 0) {
    return corrupt_config(std::string("'") + width_key + "', " + std::to_string(into.d_model) +
                          ", must be a multiple of '" + heads_key + "', " + std::to_string(into.n_heads));
  }
  into.head_dim = into.d_model / into.n_heads;
  into.score_scale = 1.0f / std::sqrt(static_cast<float>(into.head_dim));
  return {};
}

Status check_sizes(const TransformerConfig& config) {
  if (config.n_kv_heads > config.n_heads || config.n_heads % config.n_kv_heads != 0) {
    return corrupt_config("the number of heads, " + std::to_string(config.n_heads) +
                          ", must be a multiple of the number of key/value heads, " +
                          std::to_string(config.n_kv_heads));
  }
  if (config.head_dim < 1) return corrupt_config("the width of a head must be at least 1");
  if (config.n_heads * static_cast<long>(config.head_dim) > kMaxWidth) {
    return corrupt_config("heads of width " + std::to_string(config.head_dim) + " are wider than any model");
  }
  if (config.position == PositionKind::Rotary &&
      (config.n_rotary < 2 || config.n_rotary % 2 != 0 || config.n_rotary > config.head_dim)) {
    return corrupt_config("rotary positions need an even number of features up to the head width " +
                          std::to_string(config.head_dim) + ", found " + std::to_string(config.n_rotary));
  }
  return {};
}

}  // namespace headscope
