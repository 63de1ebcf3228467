#include "tokenizers/bpe_model.h"

#include <algorithm>
#include <cstdio>
#include <queue>
#include <tuple>

#include "base/utf8.h"
#include "io/quote.h"

namespace headscope {

namespace {

constexpr TokenId kMaxTokens = 16'000'000;

Error corrupt(const std::string& file, const std::string& what) {
  return {ErrorCode::Corrupt, file + ": " + what, "Download the tokenizer again"};
}

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

}  // namespace

struct BpeModel::Part {
  TokenId id = 0;
  std::uint32_t begin = 0, end = 0;  ///< byte range in the typed text
  int previous = -1, next = -1;      ///< neighbours in the vector; -1 at the ends
  bool alive = true;
};

// ---- reading ----

Result<BpeModel> BpeModel::read(const Json& json, const std::string& file) {
  BpeModel model;
  JsonFields fields(json, file + ": model");
  const bool drops = fields.has("dropout") && fields.number("dropout", 0, 1) > 0;
  const std::string prefix = fields.string("continuing_subword_prefix", ""),
                    suffix = fields.string("end_of_word_suffix", "");
  if (drops || !prefix.empty() || !suffix.empty()) {
    return Error{ErrorCode::Unsupported, file + ": BPE with dropout or subword affixes is not supported",
                 "Use a checkpoint with a byte-level or a SentencePiece tokenizer"};
  }
  model.byte_fallback_ = fields.boolean("byte_fallback", false);
  model.fuse_unknown_ = fields.boolean("fuse_unk", false);
  model.ignore_merges_ = fields.boolean("ignore_merges", false);
  const std::string unknown = fields.string("unk_token", "");
  if (!fields.status()) return fields.status().error();

  if (Status status = model.read_vocab(fields.child("vocab"), file); !status) return status.error();
  if (Status status = model.read_merges(fields.child("merges"), file); !status) return status.error();
  if (!unknown.empty()) {
    const auto found = model.vocab_.find(unknown);
    if (found == model.vocab_.end())
      return corrupt(file, "unk_token " + quote(unknown) + " is not in the vocabulary");
    model.unknown_ = found->second;
  }
  return model;
}

Status BpeModel::read_vocab(const Json& json, const std::string& file) {
  if (!json.is_object()) return corrupt(file, "model.vocab must be an object of tokens and ids");
  std::vector<bool> seen;
  vocab_.reserve(json.size());
  for (const auto& [text, value] : json.items()) {
    const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() < kMaxTokens;
    if (!fits) {
      return corrupt(file, "the id of token " + quote(text) + " must be a whole number below " +
                               std::to_string(kMaxTokens) + ", found " + quote(json_text(value, -1), 40));
    }
    const auto id = value.get<std::size_t>();
    if (id >= seen.size()) seen.resize(id + 1);
    if (seen[id]) return corrupt(file, "two tokens have the id " + std::to_string(id));
    seen[id] = true;
    vocab_.emplace(text, static_cast<TokenId>(id));
    if (!text.empty()) {
      const CodePoint first = code_point_at(text, 0);
      if (first.length == text.size()) characters_.emplace(first.value, static_cast<TokenId>(id));
    }
  }
  for (int byte = 0; byte < 256; ++byte) {
    char name[8];
    std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
    const auto found = vocab_.find(name);
    byte_tokens_[static_cast<std::size_t>(byte)] = found == vocab_.end() ? -1 : found->second;
  }
  return {};
}

Status BpeModel::read_merges(const Json& json, const std::string& file) {
  if (!json.is_array()) return corrupt(file, "model.merges must be a list of pairs");
  merges_.reserve(json.size());
  int rank = 0;
  for (const Json& entry : json) {
    const auto parts = merge_parts(entry);
    if (!parts) {
      return corrupt(file, "merge " + std::to_string(rank) + " must be a pair of tokens, found " +
                               quote(json_text(entry, -1), 60));
    }
    const auto left = vocab_.find(parts->first), right = vocab_.find(parts->second),
               result = vocab_.find(parts->first + parts->second);
    for (const auto& [found, name] : {std::pair(left, parts->first), std::pair(right, parts->second),
                                      std::pair(result, parts->first + parts->second)}) {
      if (found == vocab_.end()) {
        return corrupt(file, "merge " + std::to_string(rank) + " needs token " + quote(name) +
                                 ", which is not in the vocabulary");
      }
    }
    merges_[pair_key(left->second, right->second)] = {rank++, result->second};
  }
  return {};
}

bool BpeModel::is_byte_token(TokenId id) const {
  return byte_fallback_ && std::find(byte_tokens_.begin(), byte_tokens_.end(), id) != byte_tokens_.end();
}

// ---- encoding ----

std::vector<BpeModel::Part> BpeModel::split(const SymbolText& piece) const {
  std::vector<Part> parts;
  parts.reserve(piece.size());
  bool last_is_unknown = false;
  for (const Symbol& symbol : piece) {
    const auto found = symbol.raw_byte < 0 ? characters_.find(symbol.value) : characters_.end();
    if (found != characters_.end()) {
      parts.push_back({found->second, symbol.begin, symbol.end});
      last_is_unknown = false;
      continue;
    }
    std::string bytes;
    if (symbol.raw_byte >= 0)
      bytes.push_back(static_cast<char>(symbol.raw_byte));
    else
      append_utf8(bytes, symbol.value);
    const auto token_of = [&](char c) { return byte_tokens_[static_cast<unsigned char>(c)]; };
    if (byte_fallback_ && std::all_of(bytes.begin(), bytes.end(), [&](char c) { return token_of(c) >= 0; })) {
      const auto n = static_cast<std::uint32_t>(bytes.size()), length = symbol.end - symbol.begin;
      for (std::uint32_t i = 0; i < n; ++i) {
        parts.push_back(
            {token_of(bytes[i]), symbol.begin + i * length / n, symbol.begin + (i + 1) * length / n});
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
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts[i].previous = static_cast<int>(i) - 1;
    parts[i].next = i + 1 < parts.size() ? static_cast<int>(i) + 1 : -1;
  }
  return parts;
}

void BpeModel::merge(std::vector<Part>& parts) const {
  struct Candidate {
    int rank, left;
    TokenId result;
    bool operator<(const Candidate& other) const {  // the queue gives the largest first
      return std::tie(rank, left) > std::tie(other.rank, other.left);
    }
  };
  std::priority_queue<Candidate> queue;
  const auto merge_at = [&](int left) -> const Merge* {
    if (left < 0 || parts[static_cast<std::size_t>(left)].next < 0) return nullptr;
    const Part& part = parts[static_cast<std::size_t>(left)];
    const auto found = merges_.find(pair_key(part.id, parts[static_cast<std::size_t>(part.next)].id));
    return found == merges_.end() ? nullptr : &found->second;
  };
  const auto offer = [&](int left) {
    if (const Merge* merge = merge_at(left)) queue.push({merge->rank, left, merge->result});
  };
  for (int i = 0; i < static_cast<int>(parts.size()); ++i) offer(i);

  while (!queue.empty()) {
    const Candidate best = queue.top();
    queue.pop();
    Part& left = parts[static_cast<std::size_t>(best.left)];
    const Merge* merge = left.alive ? merge_at(best.left) : nullptr;
    if (!merge || merge->result != best.result) continue;  // a neighbour changed since it was offered
    Part& right = parts[static_cast<std::size_t>(left.next)];
    left.id = best.result;
    left.end = right.end;
    left.next = right.next;
    right.alive = false;
    if (left.next >= 0) parts[static_cast<std::size_t>(left.next)].previous = best.left;
    offer(left.previous);
    offer(best.left);
  }
}

void BpeModel::encode(const SymbolText& piece, std::vector<Token>& out) const {
  if (piece.empty()) return;
  if (ignore_merges_) {
    if (const auto whole = vocab_.find(utf8_of(piece)); whole != vocab_.end()) {
      out.push_back({whole->second, piece.front().begin, piece.back().end, false});
      return;
    }
  }
  std::vector<Part> parts = split(piece);
  merge(parts);
  for (const Part& part : parts) {
    if (part.alive) out.push_back({part.id, part.begin, part.end, false});
  }
}

}  // namespace headscope
