#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "tokenizers/regex_matches.h"
#include "tokenizers/symbol_text.h"

namespace headscope {

/// A stretch of text between two cuts.
struct TextPiece {
  SymbolText text;
  bool at_start = false;  ///< it begins where the typed text begins
};

/// What becomes of the matches that a text is cut at.
enum class SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// "Isolated" and so on; nullopt for other words.
std::optional<SplitBehavior> split_behavior(std::string_view name);

/// Appends the stretches of `piece` between and, by `behavior`, at the matches. `invert`: what lies between
/// the matches is taken for matches.
void cut(const TextPiece& piece, const std::vector<Stretch>& matches, SplitBehavior behavior, bool invert,
         std::vector<TextPiece>& out);

/// Each character that `is_match` on its own.
template <class Predicate>
std::vector<Stretch> each_matching(const SymbolText& text, Predicate is_match) {
  std::vector<Stretch> matches;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_match(text[i].value)) matches.emplace_back(i, i + 1);
  }
  return matches;
}

}  // namespace headscope
