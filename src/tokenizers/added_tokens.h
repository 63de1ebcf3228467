#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/normalizer.h"
#include "tokenizers/symbol_text.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// A token that is found in the text as it stands, before the model cuts the rest: "<s>", "<|endoftext|>".
struct AddedToken {
  TokenId id = 0;
  std::string content;
  bool special = false;      ///< left out when decoding
  bool normalized = false;   ///< looked for in the normalised text instead of the typed one
  bool single_word = false;  ///< not inside a word
  bool strip_left = false, strip_right = false;  ///< takes the white space beside it along
};

/// Where added tokens lie in a text. Immutable, thread-safe.
class AddedTokens {
 public:
  /// From "added_tokens" of a tokenizer.json. Errors: Corrupt.
  static Result<AddedTokens> read(const Json& json, const Normalizer& normalizer, const std::string& file);

  /// A stretch of text, or one added token in it.
  struct Part {
    SymbolText text;
    const AddedToken* token = nullptr;  ///< null: text for the next stage
  };
  /// Cuts `text` at the tokens that are looked for in this stage: leftmost first, the longest where several
  /// begin.
  std::vector<Part> split(SymbolText text, bool normalized) const;

  /// False where no added token can be in `text`, nor in what NFC makes of it.
  bool may_be_in(std::string_view text) const;

  const std::vector<AddedToken>& all() const { return tokens_; }
  /// Null when `id` is not an added token.
  const AddedToken* find(TokenId id) const;

 private:
  struct Entry {
    std::u32string content;
    std::size_t token = 0;  ///< index in tokens_
  };
  const Entry* match_at(const SymbolText& text, std::size_t at, bool normalized) const;

  std::vector<AddedToken> tokens_;
  std::unordered_map<TokenId, std::size_t> token_of_id_;     ///< index in tokens_
  std::array<std::vector<std::string>, 256> names_by_byte_;  ///< what is looked for, by its first byte
  /// [typed, normalised]: entries by their first character, the longest first.
  std::unordered_map<char32_t, std::vector<Entry>> entries_[2];
};

}  // namespace headscope
