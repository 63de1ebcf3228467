#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tokenizers/token_model.h"
#include "tokenizers/vocabulary.h"

namespace headscope {

/// WordPiece as BERT uses it: the longest token that begins a word, then the longest that goes on ("##ing"),
/// and the unknown token for the whole word when one step finds none (Wu et al., 2016; Devlin et al., 2019).
class WordPieceModel final : public TokenModel {
 public:
  /// Errors: Corrupt.
  static Result<WordPieceModel> read(const Json& json, const ModelTables& tables, const std::string& file);
  void encode(const SymbolText& piece, std::vector<Token>& out) const override;
  const std::vector<std::string>& names() const override { return vocabulary_.names(); }
  bool is_piece(TokenId id) const override { return id == unknown_; }

 private:
  Vocabulary vocabulary_;
  std::string continuation_;           ///< "##"
  std::size_t max_word_length_ = 100;  ///< characters; longer words are unknown
  std::size_t max_token_bytes_ = 0;    ///< no substring longer than this needs a look
  TokenId unknown_ = 0;
};

/// Each piece is a token or unknown.
class WordLevelModel final : public TokenModel {
 public:
  /// Errors: Corrupt.
  static Result<WordLevelModel> read(const Json& json, const ModelTables& tables, const std::string& file);
  void encode(const SymbolText& piece, std::vector<Token>& out) const override;
  const std::vector<std::string>& names() const override { return vocabulary_.names(); }
  bool is_piece(TokenId id) const override { return id == unknown_; }

 private:
  Vocabulary vocabulary_;
  TokenId unknown_ = 0;
};

}  // namespace headscope
