#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unicode/regex.h>

#include "base/result.h"
#include "tokenizers/symbol_text.h"

namespace headscope {

using Pattern = std::shared_ptr<const icu::RegexPattern>;
/// [begin, end) as indices of symbols.
using Stretch = std::pair<std::size_t, std::size_t>;

/// A regular expression as it stands in a tokenizer.json. Errors: Unsupported (quotes it).
Result<Pattern> compile_pattern(const std::string& expression, const std::string& file);

/// Where it matches, from left to right; empty matches are left out. An expression that takes absurdly long
/// on this text matches no further.
std::vector<Stretch> matches_of(const icu::RegexPattern& pattern, const SymbolText& text);

/// Where a plain text lies.
std::vector<Stretch> matches_of(const std::u32string& plain, const SymbolText& text);

}  // namespace headscope
