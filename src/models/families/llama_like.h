#pragma once

#include "models/config_fields.h"
#include "models/family.h"
#include "models/rotary_fields.h"

/// What the relatives of Llama write alike.
namespace headscope {

/// What a family assumes where the file says nothing, and what it calls some settings.
struct LlamaLike {
  const char* activation_key = "hidden_act";
  const char* activation = "silu";
  const char* epsilon_key = "rms_norm_eps";
  double epsilon = 1e-6;
  bool tied = false;
  double rotary_base = 10000, rotary_share = 1;
  bool partial_rotary = false;          ///< whether the family's code reads a share other than 1
  int head_dim = 0;                     ///< 0: d_model / n_heads
  const char* rotary_layers = nullptr;  ///< see read_rotary
};

/// Sizes, rotary positions and names of Llama; the caller sets its own switches, then calls
/// `finish_llama_like`. `fields` must read `json`. Errors: Corrupt, Unsupported.
Result<FamilyModel> read_llama_like(const Json& json, JsonFields& fields, const LlamaLike& family);

/// Faults that the family's own fields met, then the list of layer types. `window` is the one that sliding
/// layers have; 0: none is given.
Result<FamilyModel> finish_llama_like(const Json& json, JsonFields& fields, int window, FamilyModel model);

/// 'sliding_window': null means that there is none (0).
int read_window(const Json& json, JsonFields& fields, int if_absent);
/// The same window in every layer from `first_layer` on.
void window_from(int first_layer, int window, TransformerConfig& into);

}  // namespace headscope
