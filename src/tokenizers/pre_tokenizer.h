#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/known_split.h"
#include "tokenizers/split_behavior.h"
#include "tokenizers/symbol_text.h"

namespace headscope {

/// Cuts normalised text into pieces; no token crosses the border between two. Immutable, thread-safe.
class PreTokenizer {
 public:
  /// From "pre_tokenizer" of a tokenizer.json; null keeps one piece. Known: Sequence, ByteLevel, Metaspace,
  /// BertPreTokenizer, Whitespace, WhitespaceSplit, CharDelimiterSplit, Digits, Punctuation, Split by a text
  /// or a regular expression, UnicodeScripts. Errors: Unsupported (names the kind or the expression),
  /// Corrupt.
  static Result<PreTokenizer> read(const Json& json, const std::string& file);

  std::vector<SymbolText> apply(TextPiece text) const;
  bool is_byte_level() const { return is_byte_level_; }
  /// Where all there is to do is one of the published splits and then byte level: that split. Else None.
  KnownSplit only_split() const { return only_split_; }

 private:
  using Step = std::function<void(TextPiece piece, std::vector<TextPiece>& out)>;
  Status read_step(const Json& json, const std::string& file);
  Status read_split(const Json& json, const std::string& file);
  Status read_metaspace(const Json& json, const std::string& file);
  Status read_byte_level(const Json& json, const std::string& file);
  Status add_expression(const std::string& expression, SplitBehavior behavior, bool invert,
                        const std::string& file);
  template <class Predicate>
  void add_character_cut(Predicate is_match, SplitBehavior behavior);

  std::vector<Step> steps_;
  bool is_byte_level_ = false;
  KnownSplit only_split_ = KnownSplit::None;
};

}  // namespace headscope
