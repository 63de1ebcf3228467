#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tokenizers/symbol_text.h"

namespace headscope {

/// SentencePiece's precompiled character map ("nmt_nfkc" and the like): what characters, and short sequences
/// of them, are written as. The bytes are a length, a double-array trie over UTF-8 (Aoe, 1989, in the layout
/// of darts-clone) whose values are places in the second part, and there the replacements, each ended by a
/// zero byte. Immutable, thread-safe.
class CharacterMap {
 public:
  /// From base64. Errors: Corrupt.
  static Result<CharacterMap> read(std::string_view base64, const std::string& file);

  /// Each grapheme of fewer than six bytes as a whole where it begins with an entry, else character by
  /// character: so the reference does it.
  SymbolText apply(const SymbolText& text) const;

 private:
  /// The replacement of the shortest entry that `text` begins with.
  std::optional<std::string_view> find(std::string_view text) const;

  std::vector<std::uint32_t> units_;  ///< of the double array
  std::string replacements_;
};

}  // namespace headscope
