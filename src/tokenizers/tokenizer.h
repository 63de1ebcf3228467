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
};

/// Which tokens a text is, and where in the text each one lies. Immutable, thread-safe.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;
  virtual int vocab_size() const = 0;
  /// Any bytes are accepted; ill-formed UTF-8 is treated as U+FFFD where the vocabulary has no bytes.
  virtual std::vector<Token> encode(std::string_view text, bool add_special = true) const = 0;
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
