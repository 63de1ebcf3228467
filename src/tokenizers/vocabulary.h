#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tokenizers/model_tables.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// Tokens and their ids, asked by name or by id. A hash table of ids, with the names in one list beside it.
class Vocabulary {
 public:
  void reserve(std::size_t n_tokens);
  /// A token that is there already takes the new id. False, and nothing done: another token has the id.
  /// REQUIRES: 0 <= id < kMaxTokens.
  bool add(std::string name, TokenId id);
  /// -1: there is no such token.
  TokenId find(std::string_view name) const;
  /// By id; "" where no token has the id.
  const std::vector<std::string>& names() const { return names_; }

 private:
  static constexpr TokenId kEmpty = -1;
  /// The slot that holds `name`, or the free one where it would be.
  std::size_t place(std::string_view name) const;
  void grow(std::size_t n_slots);

  std::vector<std::string> names_;
  std::vector<bool> taken_;     ///< by id: a token may be named ""
  std::vector<TokenId> slots_;  ///< a power of two, at most half full
  std::size_t size_ = 0;
};

/// From an object of tokens and ids: those of `begun`, then those of `json`. Errors: Corrupt (no object, an
/// id that is none, an id twice).
Result<Vocabulary> read_vocabulary(const Json& json, const ModelTables& begun, const std::string& file);

/// The token `name` in `vocabulary`. Errors: Corrupt ("unk_token '[UNK]' is not in the vocabulary").
Result<TokenId> find_token(const Vocabulary& vocabulary, const std::string& role, const std::string& name,
                           const std::string& file);

Error corrupt_tokenizer(const std::string& file, const std::string& what);

}  // namespace headscope
