#pragma once

#include "core/rotary_scaling.h"
#include "io/json.h"
#include "models/transformer_config.h"

namespace headscope {

struct RotarySettings {
  double base = 10000;
  double share = 1;  ///< of a head's features that turn
  RotaryScaling scaling;
  int max_tokens = 0;  ///< how long a text may be: what the file says, or longer by the scaling's factor
};

/// Rotary settings under all of their names: rope_theta or rotary_emb_base, partial_rotary_factor or
/// rotary_pct, beside each other or inside rope_parameters; the scaling as rope_scaling or rope_parameters.
/// What no name gives has its default. `layer_type` picks an entry where rope_parameters has one for each
/// type of layer (Gemma 3). Errors: Corrupt (out of range, missing, two names that contradict each other),
/// Unsupported (a scaling type or an option of one, by name).
Result<RotarySettings> read_rotary(const Json& config, const RotarySettings& defaults,
                                   const char* layer_type = nullptr);

/// Fills the rotary half of `into`, whose head_dim must be known. Errors: Corrupt (divisors that do not fit
/// the number of features).
Status apply_rotary(const RotarySettings& settings, TransformerConfig& into);

}  // namespace headscope
