#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "tokenizers/model_tables.h"
#include "tokenizers/symbol_text.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// What cuts one piece of text into tokens of a vocabulary: "model" of a tokenizer.json. Immutable,
/// thread-safe.
class TokenModel {
 public:
  virtual ~TokenModel() = default;
  /// Appends the tokens of `piece`, in its order. A piece is never empty.
  virtual void encode(const SymbolText& piece, std::vector<Token>& out) const = 0;
  /// By id; "" where the vocabulary has a hole.
  virtual const std::vector<std::string>& names() const = 0;
  /// Whether the token stands for text that the vocabulary does not hold: a byte, or the unknown token.
  virtual bool is_piece(TokenId id) const = 0;
};

/// Known: BPE, WordPiece, Unigram, WordLevel; older files leave the type out, which the other fields tell.
///   json, tables  as TokenizerFile has them; `json` is its "model"
/// Errors: Unsupported (names the kind), Corrupt.
Result<std::unique_ptr<const TokenModel>> read_token_model(const Json& json, const ModelTables& tables,
                                                           const std::string& file);

}  // namespace headscope
