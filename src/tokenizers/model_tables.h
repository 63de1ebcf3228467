#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

inline constexpr TokenId kMaxTokens = 16'000'000;

/// The long lists of a tokenizer's model, as far as their entries are what they should be. A tree of a
/// hundred thousand JSON values would cost more than all that is made of them.
struct ModelTables {
  std::vector<std::pair<std::string, TokenId>> ids;         ///< "vocab" where it is an object
  std::vector<std::pair<std::string, double>> scores;       ///< "vocab" where it is a list
  std::vector<std::pair<std::string, std::string>> merges;  ///< "merges"
};

/// A tokenizer.json. The lists in `json` go on where the tables end: with the first entry that has another
/// form, which the reader of the model then names.
struct TokenizerFile {
  Json json;
  ModelTables tables;
};

/// Errors: as parse_json.
Result<TokenizerFile> parse_tokenizer_file(std::string_view text, std::string_view name);

}  // namespace headscope
