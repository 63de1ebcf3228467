#include "tokenizers/bpe_model.h"

#include <algorithm>

#include "base/utf8.h"
#include "io/quote.h"
#include "tokenizers/bpe_part.h"
#include "tokenizers/byte_level.h"

namespace headscope {

namespace {

/// "a b" or ["a", "b"].
std::optional<std::pair<std::string, std::string>> merge_parts(const Json& json) {
  if (json.is_array() && json.size() == 2 && json[0].is_string() && json[1].is_string()) {
    return std::pair(json[0].get<std::string>(), json[1].get<std::string>());
  }
  if (!json.is_string()) return std::nullopt;
  const auto& text = json.get_ref<const std::string&>();
  const auto space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) return std::nullopt;
  return std::pair(text.substr(0, space), text.substr(space + 1));
}

char32_t first_of(std::string_view name) {
  return name.empty() ? 0 : code_point_at(name, 0).value;
}

char32_t last_of(std::string_view name) {
  std::size_t at = name.empty() ? 0 : name.size() - 1;
  while (at > 0 && (static_cast<unsigned char>(name[at]) & 0xC0) == 0x80) --at;
  return first_of(name.substr(at));
}

std::uint64_t joint(char32_t last, char32_t first) {
  return (static_cast<std::uint64_t>(last) << 32) | first;
}

}  // namespace

// ---- reading ----

Result<BpeModel> BpeModel::read(const Json& json, const ModelTables& tables, const std::string& file) {
  BpeModel model;
  JsonFields fields(json, file + ": model");
  if (fields.has("dropout") && fields.number("dropout", 0, 1) > 0) {
    return Error{ErrorCode::Unsupported, file + ": BPE with dropout is not supported",
                 "Set model.dropout to null: it is meant for training"};
  }
  model.continuation_ = fields.string("continuing_subword_prefix", "");
  model.word_end_ = fields.string("end_of_word_suffix", "");
  model.byte_fallback_ = fields.boolean("byte_fallback", false);
  model.fuse_unknown_ = fields.boolean("fuse_unk", false);
  model.ignore_merges_ = fields.boolean("ignore_merges", false);
  const std::string unknown = fields.string("unk_token", "");
  if (!fields.status()) return fields.status().error();

  Result<Vocabulary> vocabulary = read_vocabulary(fields.child("vocab"), tables, file);
  if (!vocabulary) return vocabulary.error();
  model.vocabulary_ = std::move(*vocabulary);
  model.read_characters();
  if (Status status = model.read_merges(fields.child("merges"), tables, file); !status) return status.error();
  if (!unknown.empty()) {
    const Result<TokenId> id = find_token(model.vocabulary_, "unk_token", unknown, file);
    if (!id) return id.error();
    model.unknown_ = *id;
  }
  return model;
}

void BpeModel::read_characters() {
  const std::vector<std::string>& names = vocabulary_.names();
  ends_.reserve(names.size());
  for (std::size_t id = 0; id < names.size(); ++id) {
    const std::string& text = names[id];
    ends_.push_back({first_of(text), last_of(text)});
    if (text.empty()) continue;
    const CodePoint first = code_point_at(text, 0);
    if (first.length == text.size()) characters_.emplace(first.value, static_cast<TokenId>(id));
  }
  spells_all_bytes_ = continuation_.empty() && word_end_.empty();
  for (int byte = 0; byte < 256; ++byte) {
    const auto at = static_cast<std::size_t>(byte);
    byte_tokens_[at] = vocabulary_.find(byte_token_name(byte));
    const auto character = characters_.find(character_of_byte(static_cast<unsigned char>(byte)));
    byte_characters_[at] = character == characters_.end() ? -1 : character->second;
    spells_all_bytes_ = spells_all_bytes_ && byte_characters_[at] >= 0;
  }
}

Status BpeModel::read_merges(const Json& json, const ModelTables& tables, const std::string& file) {
  if (!json.is_array()) return corrupt_tokenizer(file, "model.merges must be a list of pairs");
  merges_.reserve(tables.merges.size() + json.size());
  int rank = 0;
  for (const auto& [left, right] : tables.merges) {
    if (Status status = add_merge(rank++, left, right, file); !status) return status;
  }
  for (const Json& entry : json) {
    const auto parts = merge_parts(entry);
    if (!parts) {
      return corrupt_tokenizer(file, "merge " + std::to_string(rank) + " must be a pair of tokens, found " +
                                         quote(json_text(entry, -1), 60));
    }
    if (Status status = add_merge(rank++, parts->first, parts->second, file); !status) return status;
  }
  return {};
}

Status BpeModel::add_merge(int rank, std::string_view left, std::string_view right, const std::string& file) {
  // The prefix that says "goes on" is lost where the right one is joined to its left.
  std::string joined(left);
  if (right.size() >= continuation_.size()) joined += right.substr(continuation_.size());
  TokenId ids[3];
  int n = 0;
  for (const std::string_view name : {left, right, std::string_view(joined)}) {
    ids[n] = vocabulary_.find(name);
    if (ids[n++] < 0) {
      return corrupt_tokenizer(file, "merge " + std::to_string(rank) + " needs token " + quote(name) +
                                         ", which is not in the vocabulary");
    }
  }
  learn_joint(left, right);
  merges_[(static_cast<std::uint64_t>(static_cast<std::uint32_t>(ids[0])) << 32) |
          static_cast<std::uint32_t>(ids[1])] = {rank, ids[2]};
  return {};
}

void BpeModel::learn_joint(std::string_view left, std::string_view right) {
  // A token's ends are those of the tokens it was merged from, unless one of them leaves nothing behind.
  if (left.empty() || right.empty() || (!continuation_.empty() && right.size() <= continuation_.size()))
    joints_known_ = false;
  joints_[joint(last_of(left), first_of(right))] = true;
}

bool BpeModel::may_join(TokenId left, TokenId right) const {
  const auto at = [&](TokenId id) -> const TokenEnds& { return ends_[static_cast<std::size_t>(id)]; };
  return !joints_known_ || joints_.find(joint(at(left).last, at(right).first)) != nullptr;
}

bool BpeModel::is_piece(TokenId id) const {
  if (unknown_ == id) return true;
  return byte_fallback_ && std::find(byte_tokens_.begin(), byte_tokens_.end(), id) != byte_tokens_.end();
}

// ---- encoding ----

std::optional<TokenId> BpeModel::token_of(const Symbol& symbol, bool first, bool last) const {
  if (symbol.raw_byte >= 0) return std::nullopt;
  if (continuation_.empty() && word_end_.empty()) {
    const auto found = characters_.find(symbol.value);
    return found == characters_.end() ? std::nullopt : std::optional(found->second);
  }
  std::string name = first ? "" : continuation_;
  append_utf8(name, symbol.value);
  if (last) name += word_end_;
  const TokenId found = vocabulary_.find(name);
  return found < 0 ? std::nullopt : std::optional(found);
}

std::vector<BpeModel::Part> BpeModel::split(const SymbolText& piece) const {
  std::vector<Part> parts;
  parts.reserve(piece.size());
  bool last_is_unknown = false;
  for (std::size_t at = 0; at < piece.size(); ++at) {
    const Symbol& symbol = piece[at];
    if (const auto token = token_of(symbol, at == 0, at + 1 == piece.size())) {
      parts.push_back({*token, symbol.begin, symbol.end});
      last_is_unknown = false;
      continue;
    }
    const std::string bytes = bytes_of(symbol);
    const auto token_of_byte = [&](char c) { return byte_tokens_[static_cast<unsigned char>(c)]; };
    if (byte_fallback_ &&
        std::all_of(bytes.begin(), bytes.end(), [&](char c) { return token_of_byte(c) >= 0; })) {
      const auto n = static_cast<std::uint32_t>(bytes.size()), length = symbol.end - symbol.begin;
      for (std::uint32_t i = 0; i < n; ++i) {
        parts.push_back(
            {token_of_byte(bytes[i]), symbol.begin + i * length / n, symbol.begin + (i + 1) * length / n});
      }
      last_is_unknown = false;
    } else if (unknown_) {
      if (last_is_unknown && fuse_unknown_)
        parts.back().end = symbol.end;
      else
        parts.push_back({*unknown_, symbol.begin, symbol.end});
      last_is_unknown = true;
    }
  }
  return parts;
}

void BpeModel::encode(const SymbolText& piece, std::vector<Token>& out) const {
  if (piece.empty()) return;
  if (ignore_merges_) {
    if (const TokenId whole = vocabulary_.find(utf8_of(piece)); whole >= 0) {
      out.push_back({whole, piece.front().begin, piece.back().end});
      return;
    }
  }
  std::vector<Part> parts = split(piece);
  merge(parts);
  for (const Part& part : parts) out.push_back({part.id, part.begin, part.end});
}

void BpeModel::encode_bytes(std::string_view piece, std::size_t at, std::vector<Token>& out) const {
  if (ignore_merges_) {
    std::string name;
    for (const char c : piece) append_utf8(name, character_of_byte(static_cast<unsigned char>(c)));
    if (const TokenId whole = vocabulary_.find(name); whole >= 0) {
      out.push_back({whole, at, at + piece.size()});
      return;
    }
  }
  std::vector<Part> parts(piece.size());
  for (std::size_t i = 0; i < piece.size(); ++i) {
    parts[i] = {byte_characters_[static_cast<unsigned char>(piece[i])], static_cast<std::uint32_t>(i),
                static_cast<std::uint32_t>(i + 1)};
  }
  merge(parts);
  for (const Part& part : parts) out.push_back({part.id, at + part.begin, at + part.end});
}

}  // namespace headscope
