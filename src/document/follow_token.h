#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace headscope {

/// Where a token lies in its text; empty for tokens that the model added.
struct ByteRange {
  std::size_t begin = 0, end = 0;
};

/// A text and where its tokens lie, in order.
struct TokenizedText {
  std::string_view text;
  std::span<const ByteRange> tokens;
};

/// The token of `after` that is token `index` of `before`: the selection stays with its word when others come
/// or go around it. The texts are compared from both ends; a token between them, where they differ, becomes
/// the one that stands in its place. 0 when `after` has no tokens.
int follow_token(int index, const TokenizedText& before, const TokenizedText& after);

/// The same for the token that looks, in a model whose tokens see nothing behind them. What is written at or
/// behind such a token would stay in the dark: then the last token of what was written looks instead.
int follow_writing(int index, const TokenizedText& before, const TokenizedText& after);

}  // namespace headscope
