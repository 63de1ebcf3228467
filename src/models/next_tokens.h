#pragma once

#include <span>
#include <vector>

#include "core/types.h"
#include "tokenizers/tokenizer.h"
#include "trace/attention_trace.h"

namespace headscope {

/// The `n` most probable tokens, best first; ties go to the smaller id.   logits [vocab_size]
std::vector<TokenProbability> most_probable(std::span<const float> logits, int n, const Tokenizer& tokenizer);

}  // namespace headscope
