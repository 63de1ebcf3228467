#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

inline constexpr TokenId kMaxTokens = 16'000'000;

/// Lets a table of strings be asked with a view, without making a string.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};
using Vocabulary = std::unordered_map<std::string, TokenId, TextHash, std::equal_to<>>;

/// From an object of tokens and ids. Errors: Corrupt (no object, an id that is none, an id twice).
Result<Vocabulary> read_vocabulary(const Json& json, const std::string& file);

/// The token `name` in `vocabulary`. Errors: Corrupt ("unk_token '[UNK]' is not in the vocabulary").
Result<TokenId> find_token(const Vocabulary& vocabulary, const std::string& role, const std::string& name,
                           const std::string& file);

/// By id; "" where no token has the id.
std::vector<std::string> names_of(const Vocabulary& vocabulary);

Error corrupt_tokenizer(const std::string& file, const std::string& what);

}  // namespace headscope
