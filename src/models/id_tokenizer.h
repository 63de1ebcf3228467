#pragma once

#include "tokenizers/tokenizer.h"

namespace headscope {

/// For checkpoints without a tokenizer: the text is the ids themselves, written as numbers with anything but
/// digits between them ("0 2 1"). A number outside of the vocabulary becomes the id `vocab_size`, which no
/// model takes.
class IdTokenizer final : public Tokenizer {
 public:
  explicit IdTokenizer(int vocab_size);
  int vocab_size() const override { return static_cast<int>(names_.size()); }
  std::vector<Token> encode(std::string_view text, bool add_special) const override;
  std::string decode(std::span<const TokenId> ids, bool skip_special) const override;
  std::string_view token_name(TokenId id) const override;
  bool is_piece(TokenId) const override { return false; }
  std::vector<std::string> suggest(std::string_view prefix, int limit) const override;

 private:
  std::vector<std::string> names_;  ///< [vocab_size] the ids as text
};

}  // namespace headscope
