#include "tokenizers/wordpiece_model.h"

#include <algorithm>

#include "base/utf8.h"

namespace headscope {

Result<WordPieceModel> WordPieceModel::read(const Json& json, const ModelTables& tables,
                                            const std::string& file) {
  WordPieceModel model;
  JsonFields fields(json, file + ": model");
  model.continuation_ = fields.string("continuing_subword_prefix", "##");
  model.max_word_length_ =
      static_cast<std::size_t>(fields.integer("max_input_chars_per_word", 1, 1'000'000'000, 100));
  const std::string unknown = fields.string("unk_token", "[UNK]");
  if (!fields.status()) return fields.status().error();
  Result<Vocabulary> vocabulary = read_vocabulary(fields.child("vocab"), tables, file);
  if (!vocabulary) return vocabulary.error();
  const Result<TokenId> id = find_token(*vocabulary, "unk_token", unknown, file);
  if (!id) return id.error();
  model.vocabulary_ = std::move(*vocabulary);
  model.unknown_ = *id;
  for (const std::string& name : model.vocabulary_.names())
    model.max_token_bytes_ = std::max(model.max_token_bytes_, name.size());
  return model;
}

void WordPieceModel::encode(const SymbolText& piece, std::vector<Token>& out) const {
  const std::size_t n_before = out.size();
  const auto give_up = [&] {
    out.resize(n_before);
    out.push_back({unknown_, piece.front().begin, piece.back().end});
  };
  if (piece.size() > max_word_length_) return give_up();
  std::string text;
  std::vector<std::size_t> ends;  // of each prefix of `text`, in bytes
  for (std::size_t start = 0; start < piece.size();) {
    text = start > 0 ? continuation_ : std::string();
    ends.clear();
    for (std::size_t i = start; i < piece.size() && text.size() <= max_token_bytes_; ++i) {
      append_utf8(text, piece[i].value);
      ends.push_back(text.size());
    }
    TokenId found = -1;
    std::size_t n = ends.size();
    for (; n > 0; --n) {
      found = vocabulary_.find(std::string_view(text).substr(0, ends[n - 1]));
      if (found >= 0) break;
    }
    if (n == 0) return give_up();
    out.push_back({found, piece[start].begin, piece[start + n - 1].end});
    start += n;
  }
}

Result<WordLevelModel> WordLevelModel::read(const Json& json, const ModelTables& tables,
                                            const std::string& file) {
  WordLevelModel model;
  JsonFields fields(json, file + ": model");
  const std::string unknown = fields.string("unk_token", "<unk>");
  if (!fields.status()) return fields.status().error();
  Result<Vocabulary> vocabulary = read_vocabulary(fields.child("vocab"), tables, file);
  if (!vocabulary) return vocabulary.error();
  const Result<TokenId> id = find_token(*vocabulary, "unk_token", unknown, file);
  if (!id) return id.error();
  model.vocabulary_ = std::move(*vocabulary);
  model.unknown_ = *id;
  return model;
}

void WordLevelModel::encode(const SymbolText& piece, std::vector<Token>& out) const {
  const TokenId found = vocabulary_.find(utf8_of(piece));
  out.push_back({found < 0 ? unknown_ : found, piece.front().begin, piece.back().end});
}

}  // namespace headscope
