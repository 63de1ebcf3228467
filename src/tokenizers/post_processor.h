#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// The tokens that a model wants around a text, and how it joins two: "[CLS] $A [SEP] $B [SEP]" with their
/// type ids. Immutable, thread-safe.
class PostProcessor {
 public:
  /// From "post_processor" of a tokenizer.json; null adds nothing. Known: TemplateProcessing,
  /// RobertaProcessing, BertProcessing, ByteLevel (adds nothing), Sequence. Errors: Unsupported (names the
  /// kind), Corrupt.
  static Result<PostProcessor> read(const Json& json, const std::string& file);

  /// `text_bytes`: the length of the text, where the tokens after it stand.
  std::vector<Token> apply(std::vector<Token> tokens, std::size_t text_bytes, bool add_special) const;

  struct Half {
    std::vector<Token> tokens;
    std::size_t text_bytes = 0;
  };
  /// Errors: Unsupported (the template has nothing for pairs).
  Result<std::vector<Token>> apply_pair(const Half& first, const Half& second, bool add_special) const;

 private:
  struct Item {
    int text = -1;             ///< 0 and 1: the first and the second text; -1: `ids`
    std::vector<TokenId> ids;  ///< of added tokens
    int type_id = 0;
  };
  using Template = std::vector<Item>;

  static Status read_step(const Json& json, const std::string& file, PostProcessor& out);
  static Status read_templates(const Json& json, const std::string& file, PostProcessor& out);
  static Status read_cls_sep(const Json& json, const std::string& file, bool roberta, PostProcessor& out);
  static std::vector<Token> fill(const Template& items, const Half* halves, bool add_special);

  bool is_given_ = false;                  ///< one of the file's steps wrote the templates
  Template single_{{0, {}, 0}};            ///< the text alone
  Template pair_{{0, {}, 0}, {1, {}, 1}};  ///< empty: pairs are not described
};

}  // namespace headscope
