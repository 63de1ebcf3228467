#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace headscope {

using TokenId = int;

struct Token {
  TokenId id = 0;
  std::size_t begin = 0, end = 0;  ///< byte range in the text; empty for added tokens
  bool special = false;            ///< added by the tokenizer, not typed
  int type_id = 0;  ///< which segment of a pair a BERT-like model takes the token for (token_type_ids)
  int text = 0;     ///< of a pair: 0 where the range lies in the first text, 1 where it lies in the second
};

/// Which tokens a text is, and where in the text each one lies. Immutable, thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  virtual int vocab_size() const = 0;
  /// Any bytes are accepted; ill-formed UTF-8 is treated as U+FFFD where the vocabulary has no bytes.
  virtual std::vector<Token> encode(std::string_view text, bool add_special = true) const = 0;
  /// Two texts as the model was taught to read them together, such as "[CLS] first [SEP] second [SEP]", with
  /// type ids. Ranges count from the start of the text that the token belongs to (`Token::text`); an added
  /// token has an empty range where it stands, at an end of one of the two.
  /// Errors: Unsupported where the tokenizer does not say how pairs are joined.
  virtual Result<std::vector<Token>> encode_pair(std::string_view first, std::string_view second,
                                                 bool add_special = true) const;
  virtual std::string decode(std::span<const TokenId> ids, bool skip_special = true) const = 0;
  /// The name of a token in the vocabulary ("Ġthe", "<s>", "<0x0A>").
  virtual std::string_view token_name(TokenId id) const = 0;
  /// Whether the token stands in for text that the vocabulary does not hold (a byte, a part of an unknown
  /// word) rather than being a word or sign of it.
  virtual bool is_piece(TokenId id) const = 0;
  /// Vocabulary words that begin with `prefix` or differ little from it, best first, at most `limit`.
  virtual std::vector<std::string> suggest(std::string_view prefix, int limit) const = 0;
};
using TokenizerPtr = std::shared_ptr<const Tokenizer>;

}  // namespace headscope
