#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tokenizers/tokenizer.h"
#include "trace/attention_trace.h"

namespace headscope {

/// What the window shows of the tokens of a text.
std::vector<TraceToken> trace_tokens(const Tokenizer& tokenizer, const std::string& text,
                                     std::span<const Token> tokens);

/// The same for ids without a text: each stands for what it decodes to, and `text` becomes all of it.
std::vector<TraceToken> trace_tokens(const Tokenizer& tokenizer, std::span<const int> ids, std::string& text);

/// A token as it is read behind the token `before` (behind itself, when that is left open), leading space
/// included.
std::string token_text(const Tokenizer& tokenizer, TokenId id, std::optional<TokenId> before = {});

}  // namespace headscope
