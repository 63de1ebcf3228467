#pragma once

#include "document/reduce.h"

namespace headscope {

/// A sentence of 13 tokens in a model of 6 layers of 8 heads.
inline const CommandContext kContext{.n_tokens = 13, .n_layers = 6, .n_heads = 8};

}  // namespace headscope
