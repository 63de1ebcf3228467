#pragma once

#include <string>

#include "io/json.h"
#include "models/transformer_config.h"

/// What the families' config.json files have in common.
namespace headscope {

/// The sizes that a file is believed about: larger than any model, small enough that products fit.
inline constexpr int kMaxLayers = 1000, kMaxWidth = 1 << 20, kMaxHeads = 1024, kMaxVocabulary = 1 << 24,
                     kMaxPositions = 1 << 24;

/// Unsupported: "config.json: 'rope_scaling' of type 'yarn' is not supported".
Error unsupported_option(const std::string& what);

/// The named activation function. Errors: Unsupported.
Result<Activation> activation_from_name(const std::string& name);

/// Rotary settings as Llama and its relatives write them: rope_theta, rope_scaling, and the newer
/// rope_parameters that holds both. Fills rotary_base. Errors: Corrupt, Unsupported (a scaling type by name).
Status read_rotary(const Json& config, JsonFields& fields, double default_base, TransformerConfig& into);

/// `layer_types` as newer files write them; every layer full attention, or windows where it says so.
/// Errors: Corrupt, Unsupported (a type by name).
Status read_layer_types(const Json& config, int sliding_window, TransformerConfig& into);

/// What no family here reads: quantised weights. Errors: Unsupported.
Status check_plain_weights(const Json& config);

/// Sizes that must fit together: heads divide into key/value heads, an even number of rotary features, …
/// Errors: Corrupt.
Status check_sizes(const TransformerConfig& config);

}  // namespace headscope
