#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenizers/tokenizer.h"

namespace headscope {

/// The tokenizer of the built-in models: whole words, and bytes for everything else, so that any text
/// round-trips.
///
/// A word token means "a space, then the word". After <s> (or the start of the ids), after a newline byte and
/// after the token <glue> it means the word alone. A byte token is that byte. So "too tired ." is  too tired
/// .  with the sign's word token, "too tired." is  too tired <0x2E>, and "(the" is  ( <glue> the  at the
/// start of a text.
///
/// A run of letters (ASCII letters, apostrophes between them, and every byte from 0x80 on) is one token or is
/// spelled in bytes as a whole; no word is found inside another. Encoding is greedy, deterministic and O(n).
///
/// tokenizer.json: {"model": {"type": "Words", "vocab": [names in the order of ids]}, "bos_token": "<s>",
/// "glue_token": "<glue>"}; the 256 bytes are named "<0x00>" … "<0xFF>", every other name is a word.
class WordTokenizer final : public Tokenizer {
 public:
  /// The standard order: <s>, <glue>, 256 bytes, then `words`. REQUIRES: words are different and not empty.
  explicit WordTokenizer(const std::vector<std::string>& words);

  /// Reads what `to_json` wrote. Errors: Corrupt (not JSON, no vocabulary, a byte or special token is
  /// missing, a name twice), Unsupported (another model type).
  static Result<TokenizerPtr> from_json(std::string_view json);
  std::string to_json() const;

  int vocab_size() const override { return static_cast<int>(names_.size()); }
  std::vector<Token> encode(std::string_view text, bool add_special = true) const override;
  std::string decode(std::span<const TokenId> ids, bool skip_special = true) const override;
  std::string_view token_name(TokenId id) const override { return names_[static_cast<std::size_t>(id)]; }
  bool is_piece(TokenId id) const override;
  std::vector<std::string> suggest(std::string_view prefix, int limit) const override;

  TokenId bos() const { return bos_; }
  TokenId glue() const { return glue_; }
  /// The id of a word, or −1.
  TokenId word_id(std::string_view word) const;

 private:
  explicit WordTokenizer(std::vector<std::string> names, TokenId bos, TokenId glue);
  bool is_byte(TokenId id) const { return byte_of_[static_cast<std::size_t>(id)] >= 0; }

  std::vector<std::string> names_;
  std::vector<int> byte_of_;                             ///< per id: its byte, or −1
  std::array<TokenId, 256> byte_token_;                  ///< per byte: its id
  std::unordered_map<std::string_view, TokenId> words_;  ///< views into names_
  TokenId bos_ = 0, glue_ = 1;
};

}  // namespace headscope
