#pragma once

#include <span>
#include <string>
#include <vector>

#include "trace/attention_trace.h"

namespace headscope {

/// What a token's pill says. Spaces are "·", newlines "⏎", tabs "⇥"; bytes that are no text say what the
/// vocabulary calls them. Nothing is dropped, with one exception that loses nothing: where every word of the
/// sequence begins with exactly one space, that space is not drawn (`TokenText::mark` stays empty).
struct TokenText {
  std::string mark;  ///< "·" in front of a word, drawn faint; or empty
  std::string text;  ///< never empty
};
std::vector<TokenText> token_texts(std::span<const TraceToken> tokens);

/// The token in a sentence: “was”, without its leading space; special tokens by their name.
std::string quoted_token(const TraceToken& token);

}  // namespace headscope
