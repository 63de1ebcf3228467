#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// The tokens that a model wants before and after a text: "<s> $A". Immutable, thread-safe.
class SpecialTemplate {
 public:
  /// From "post_processor" of a tokenizer.json; null adds nothing. Known: TemplateProcessing, ByteLevel (adds
  /// nothing), Sequence. Errors: Unsupported (names the kind), Corrupt.
  static Result<SpecialTemplate> read(const Json& json, const std::string& file);

  std::vector<Token> apply(std::vector<Token> tokens, std::size_t text_bytes) const;

 private:
  static Status read_step(const Json& json, const std::string& file, SpecialTemplate& out);
  static Status read_single(const Json& json, const std::string& file, SpecialTemplate& out);

  std::vector<TokenId> before_, after_;
};

}  // namespace headscope
