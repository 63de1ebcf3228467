#pragma once

namespace headscope {

inline constexpr int kMaxIndex = 1'000'000;    ///< of layers, heads, tokens and steps in files and commands
inline constexpr int kMaxWrittenTokens = 200;  ///< as many as a model writes at one command

}  // namespace headscope
