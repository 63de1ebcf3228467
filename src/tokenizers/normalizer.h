#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/symbol_text.h"

namespace headscope {

/// What is done to the text before it is cut into pieces, step by step, keeping for each character where it
/// came from. Immutable, thread-safe.
class Normalizer {
 public:
  /// From "normalizer" of a tokenizer.json; null does nothing. Known: Sequence, Prepend, Replace (of a text),
  /// NFC, NFD, NFKC, NFKD. Errors: Unsupported (names the kind), Corrupt.
  static Result<Normalizer> read(const Json& json, const std::string& file);

  SymbolText apply(SymbolText text) const;
  bool does_nothing() const { return steps_.empty(); }

 private:
  enum class Kind { Prepend, Replace, Nfc, Nfd, Nfkc, Nfkd };
  struct Step {
    Kind kind;
    std::u32string from, to;  ///< Prepend uses `to` alone
  };
  static Status read_step(const Json& json, const std::string& file, std::vector<Step>& steps);

  std::vector<Step> steps_;
};

}  // namespace headscope
