#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tokenizers/added_tokens.h"
#include "tokenizers/normalizer.h"
#include "tokenizers/post_processor.h"
#include "tokenizers/pre_tokenizer.h"
#include "tokenizers/token_decoder.h"
#include "tokenizers/token_model.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

class BpeModel;

/// A tokenizer as a tokenizer.json describes it: added tokens → normalizer → pre-tokenizer → model →
/// post-processor. Byte ranges follow each other and, where no step drops characters, tile the text; a "▁"
/// that was put before it has an empty range. Immutable, thread-safe.
class PipelineTokenizer : public Tokenizer {
 public:
  /// Errors: Corrupt, Unsupported; `file` stands in the sentences.
  static Result<TokenizerPtr> read(const TokenizerFile& from, const std::string& file);

  int vocab_size() const override { return static_cast<int>(names_.size()); }
  std::vector<Token> encode(std::string_view text, bool add_special) const override;
  Result<std::vector<Token>> encode_pair(std::string_view first, std::string_view second,
                                         bool add_special) const override;
  std::string decode(std::span<const TokenId> ids, bool skip_special) const override;
  std::string_view token_name(TokenId id) const override;
  bool is_piece(TokenId id) const override;
  std::vector<std::string> suggest(std::string_view prefix, int limit) const override;

 private:
  std::vector<Token> tokens_of(std::string_view text) const;
  /// Whether `tokens_of_bytes` gives the same tokens.
  bool is_plain(std::string_view text) const;
  std::vector<Token> tokens_of_bytes(std::string_view text) const;

  Normalizer normalizer_;
  AddedTokens added_;
  PreTokenizer pre_tokenizer_;
  std::unique_ptr<const TokenModel> model_;
  const BpeModel* byte_bpe_ =
      nullptr;  ///< the model, where bytes can be cut without a detour over characters
  PostProcessor post_processor_;
  TokenDecoder decoder_;
  std::vector<std::string> names_;  ///< by id; "" where the vocabulary has a hole
};

}  // namespace headscope
