#pragma once

#include <string>

#include "io/json.h"
#include "models/transformer_config.h"

/// What the families' config.json files have in common.
namespace headscope {

/// The sizes that a file is believed about: larger than any model, small enough that products fit.
inline constexpr int kMaxLayers = 1000, kMaxWidth = 1 << 20, kMaxHeads = 1024, kMaxVocabulary = 1 << 24,
                     kMaxPositions = 1 << 24;

/// Corrupt: "config.json: " and `what`.
Error corrupt_config(const std::string& what);

/// Unsupported: "config.json: 'rope_scaling' of type 'yarn' is not supported".
Error unsupported_option(const std::string& what);

/// The named activation function. Errors: Unsupported.
Result<Activation> activation_from_name(const std::string& name);

/// `layer_types` as newer files write them; every layer full attention, or windows where it says so.
/// Errors: Corrupt, Unsupported (a type by name).
Status read_layer_types(const Json& config, int sliding_window, TransformerConfig& into);

/// What no family here reads: quantised weights. Errors: Unsupported.
Status check_plain_weights(const Json& config);

/// The architecture's name. REQUIRES: `config` came through read_family, which checks that there is one.
std::string architecture_of(const Json& config);

/// Whole heads: the width is a multiple of their number. REQUIRES: both fields are whole numbers. Errors:
/// Corrupt.
Status check_heads(const Json& config, const char* width, const char* n_heads);

/// head_dim = d_model / n_heads and the usual score_scale, 1/√head_dim; the keys name the two in sentences.
/// Errors: Corrupt (d_model is not a multiple of n_heads).
Status divide_into_heads(const char* width_key, const char* heads_key, TransformerConfig& into);

/// Sizes that must fit together: heads divide into key/value heads, an even number of rotary features, …
/// Errors: Corrupt.
Status check_sizes(const TransformerConfig& config);

}  // namespace headscope
