#include "tokenizers/token_model.h"

#include "io/quote.h"
#include "tokenizers/bpe_model.h"
#include "tokenizers/unigram_model.h"
#include "tokenizers/wordpiece_model.h"

namespace headscope {

namespace {

/// Only BPE has merges, only Unigram has its vocabulary in a list, only WordPiece limits the length of words.
std::string kind_by_fields(const Json& json) {
  if (json.contains("merges")) return "BPE";
  if (json.contains("vocab") && json["vocab"].is_array()) return "Unigram";
  if (json.contains("max_input_chars_per_word")) return "WordPiece";
  return "";
}

template <class Model>
Result<std::unique_ptr<const TokenModel>> own(Result<Model> model) {
  if (!model) return model.error();
  return std::unique_ptr<const TokenModel>(std::make_unique<Model>(std::move(*model)));
}

}  // namespace

Result<std::unique_ptr<const TokenModel>> read_token_model(const Json& json, const ModelTables& tables,
                                                           const std::string& file) {
  JsonFields fields(json, file + ": model");
  if (!fields.status()) return fields.status().error();
  const std::string kind = fields.string("type", kind_by_fields(json));
  if (!fields.status()) return fields.status().error();
  if (kind == "BPE") return own(BpeModel::read(json, tables, file));
  if (kind == "WordPiece") return own(WordPieceModel::read(json, tables, file));
  if (kind == "WordLevel") return own(WordLevelModel::read(json, tables, file));
  if (kind == "Unigram") return own(UnigramModel::read(json, tables, file));
  return Error{
      ErrorCode::Unsupported,
      file + ": a tokenizer of the kind " + quote(kind.empty() ? "unnamed" : kind) + " is not supported",
      "Supported are BPE, WordPiece, Unigram, WordLevel and Words"};
}

}  // namespace headscope
