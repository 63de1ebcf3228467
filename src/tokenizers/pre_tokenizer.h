#pragma once

#include <memory>
#include <string>
#include <vector>

#include <unicode/regex.h>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/symbol_text.h"

namespace headscope {

/// Cuts normalised text into pieces; merges never cross the border between two. Immutable, thread-safe.
class PreTokenizer {
 public:
  /// From "pre_tokenizer" of a tokenizer.json; null keeps one piece. Known: Sequence, ByteLevel, Split by a
  /// text or a regular expression. Errors: Unsupported (names the kind or the expression), Corrupt.
  static Result<PreTokenizer> read(const Json& json, const std::string& file);

  std::vector<SymbolText> apply(SymbolText text) const;
  bool is_byte_level() const;

 private:
  struct Step {
    std::shared_ptr<const icu::RegexPattern> split;  ///< null: no cutting in this step
    bool keep_gaps = true;                           ///< what lies between matches is a piece too
    bool byte_level = false;                         ///< then write bytes as characters
    bool prefix_space = false;                       ///< first put a space before each piece that has none
  };
  static Status read_step(const Json& json, const std::string& file, std::vector<Step>& steps);

  std::vector<Step> steps_;
};

}  // namespace headscope
