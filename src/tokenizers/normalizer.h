#pragma once

#include <functional>
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
  /// From "normalizer" of a tokenizer.json; null does nothing. Known: Sequence, NFC, NFD, NFKC, NFKD,
  /// Lowercase, StripAccents, BertNormalizer, Precompiled, Replace (of a text or an expression), Prepend,
  /// Strip, Nmt, ByteLevel. Errors: Unsupported (names the kind), Corrupt.
  static Result<Normalizer> read(const Json& json, const std::string& file);

  SymbolText apply(SymbolText text) const;
  /// Whether `text` would come back unchanged; may say no where it would. REQUIRES: text is valid UTF-8.
  bool leaves_alone(std::string_view text) const;

 private:
  using Step = std::function<SymbolText(SymbolText)>;
  Status read_step(const Json& json, const std::string& file);
  Status read_replace(const Json& json, const std::string& file);
  Status read_bert(const Json& json, const std::string& file);
  void add(Step step, bool composes = false);

  std::vector<Step> steps_;
  bool only_composes_ = true;  ///< every step is NFC
};

}  // namespace headscope
