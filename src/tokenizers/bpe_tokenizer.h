#pragma once

#include <string>
#include <vector>

#include "tokenizers/added_tokens.h"
#include "tokenizers/bpe_model.h"
#include "tokenizers/normalizer.h"
#include "tokenizers/pre_tokenizer.h"
#include "tokenizers/special_template.h"
#include "tokenizers/token_decoder.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// A tokenizer as a tokenizer.json describes it: added tokens → normalizer → pre-tokenizer → BPE → template.
/// Byte ranges tile the text; a "▁" that was put before it has an empty range. Immutable, thread-safe.
class BpeTokenizer : public Tokenizer {
 public:
  /// Errors: Corrupt, Unsupported; `file` stands in the sentences.
  static Result<TokenizerPtr> read(const Json& json, const std::string& file);

  int vocab_size() const override { return static_cast<int>(names_.size()); }
  std::vector<Token> encode(std::string_view text, bool add_special) const override;
  std::string decode(std::span<const TokenId> ids, bool skip_special) const override;
  std::string_view token_name(TokenId id) const override;
  bool is_piece(TokenId id) const override;
  std::vector<std::string> suggest(std::string_view prefix, int limit) const override;

 private:
  Normalizer normalizer_;
  AddedTokens added_;
  PreTokenizer pre_tokenizer_;
  BpeModel model_;
  SpecialTemplate template_;
  TokenDecoder decoder_;
  std::vector<std::string> names_;  ///< by id; "" where the vocabulary has a hole
};

}  // namespace headscope
