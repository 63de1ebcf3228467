#pragma once

#include <vector>

#include "tokenizers/word_tokenizer.h"
#include "training/decoder.h"
#include "training/recipe.h"

namespace headscope {

/// A text as the model reads it, and which of its tokens a skill decides.
struct EncodedText {
  std::vector<TokenId> ids;           ///< begins with <s>
  std::vector<int> answers, decided;  ///< indices into `ids`
};
EncodedText encode_text(const WordTokenizer& tokenizer, const Text& text);

/// The training texts of a recipe. Row `row` of step `step` is a pure function of the recipe's seed, so that
/// resuming needs no state and threads cannot change it.
class RowSource {
 public:
  RowSource(const Recipe& recipe, const WordTokenizer& tokenizer) : recipe_(recipe), tokenizer_(tokenizer) {}

  /// Tokens of a row in this step.
  int row_length(int step) const;
  int rows(int step) const { return std::max(1, recipe_.tokens_per_step / row_length(step)); }
  /// Appends row `row` to `batch` (inputs, targets and weights of row_length(step) tokens).
  void append_row(int step, int row, TokenBatch<float>& batch) const;

 private:
  const Recipe& recipe_;
  const WordTokenizer& tokenizer_;
};

}  // namespace headscope
