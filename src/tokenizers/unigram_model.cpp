#include "tokenizers/unigram_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/utf8.h"
#include "io/quote.h"
#include "tokenizers/byte_level.h"
#include "tokenizers/vocabulary.h"

namespace headscope {

namespace {

constexpr double kUnknownPenalty = 10.0;

}  // namespace

struct UnigramModel::Step {
  double score = 0;
  std::int64_t from = -1;  ///< where the last token begins; -1: not reached
  TokenId token = 0;
};

// ---- reading ----

Result<UnigramModel> UnigramModel::read(const Json& json, const ModelTables& tables,
                                        const std::string& file) {
  UnigramModel model;
  JsonFields fields(json, file + ": model");
  model.byte_fallback_ = fields.boolean("byte_fallback", false);
  const Json& vocab = fields.child("vocab");
  if (!fields.status()) return fields.status().error();
  const std::size_t n_tokens = tables.scores.size() + vocab.size();
  if (!vocab.is_array() || n_tokens == 0)
    return corrupt_tokenizer(file, "model.vocab must be a list of tokens and scores");
  model.unknown_ = static_cast<TokenId>(fields.integer(
      "unk_id", 0, static_cast<std::int64_t>(std::min<std::size_t>(n_tokens, kMaxTokens)) - 1));
  if (!fields.status()) return fields.status().error();
  for (const auto& [name, score] : tables.scores) model.add_token(name, score);
  for (const Json& entry : vocab) {
    if (!entry.is_array() || entry.size() != 2 || !entry[0].is_string() || !entry[1].is_number()) {
      return corrupt_tokenizer(file, "token " + std::to_string(model.names_.size()) +
                                         " must be a text and a score, found " +
                                         quote(json_text(entry, -1), 60));
    }
    model.add_token(entry[0].get<std::string>(), entry[1].get<double>());
  }
  model.unknown_score_ = *std::min_element(model.scores_.begin(), model.scores_.end()) - kUnknownPenalty;
  for (int byte = 0; byte < 256; ++byte)
    model.byte_tokens_[static_cast<std::size_t>(byte)] = model.token_named(byte_token_name(byte));
  return model;
}

void UnigramModel::add_token(std::string name, double score) {
  insert(name, static_cast<TokenId>(names_.size()));
  names_.push_back(std::move(name));
  scores_.push_back(score);
}

void UnigramModel::insert(std::string_view name, TokenId id) {
  int node = 0;
  for (const char byte : name) {
    const auto key = (static_cast<std::uint64_t>(node) << 8) | static_cast<unsigned char>(byte);
    if (const int* next = edges_.find(key)) {
      node = *next;
      continue;
    }
    node = edges_[key] = static_cast<int>(token_of_node_.size());
    token_of_node_.push_back(-1);
  }
  token_of_node_[static_cast<std::size_t>(node)] = id;  // of two tokens with one name the last counts
}

TokenId UnigramModel::token_named(std::string_view text) const {
  int node = 0;
  for (const char byte : text) {
    const int* next = child(node, byte);
    if (!next) return -1;
    node = *next;
  }
  return token_of_node_[static_cast<std::size_t>(node)];
}

bool UnigramModel::is_piece(TokenId id) const {
  return id == unknown_ ||
         (byte_fallback_ && std::find(byte_tokens_.begin(), byte_tokens_.end(), id) != byte_tokens_.end());
}

// ---- encoding ----

std::vector<UnigramModel::Step> UnigramModel::best_steps(std::string_view text) const {
  std::vector<Step> steps(text.size() + 1);
  const auto offer = [&](std::size_t from, std::size_t to, double score, TokenId token) {
    Step& step = steps[to];
    const double total = steps[from].score + score;
    if (step.from < 0 || total > step.score) step = {total, static_cast<std::int64_t>(from), token};
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next_character = at + code_point_at(text, at).length;
    bool spells_character = false;
    int node = 0;
    for (std::size_t end = at; end < text.size();) {
      const int* next = child(node, text[end]);
      if (!next) break;
      node = *next;
      ++end;
      const TokenId token = token_of_node_[static_cast<std::size_t>(node)];
      if (token < 0) continue;
      offer(at, end, scores_[static_cast<std::size_t>(token)], token);
      spells_character = spells_character || end == next_character;
    }
    if (!spells_character) offer(at, next_character, unknown_score_, unknown_);
    at = next_character;
  }
  return steps;
}

void UnigramModel::encode(const SymbolText& piece, std::vector<Token>& out) const {
  std::string text;
  std::vector<std::size_t> byte_of_symbol;
  byte_of_symbol.reserve(piece.size() + 1);
  for (const Symbol& symbol : piece) {
    byte_of_symbol.push_back(text.size());
    append_utf8(text, symbol.value);
  }
  byte_of_symbol.push_back(text.size());

  struct Cut {
    std::size_t begin, end;
    TokenId token;
  };
  std::vector<Cut> cuts;  // from the end to the start
  const std::vector<Step> steps = best_steps(text);
  for (std::size_t end = text.size(); end > 0;) {
    const Step& step = steps[end];
    const auto begin = static_cast<std::size_t>(step.from);
    if (step.token == unknown_ && !cuts.empty() && cuts.back().token == unknown_)
      cuts.back().begin = begin;
    else
      cuts.push_back({begin, end, step.token});
    end = begin;
  }
  const auto symbol_at = [&](std::size_t byte) {
    return static_cast<std::size_t>(std::lower_bound(byte_of_symbol.begin(), byte_of_symbol.end(), byte) -
                                    byte_of_symbol.begin());
  };
  for (auto cut = cuts.rbegin(); cut != cuts.rend(); ++cut) {
    TokenId token = cut->token;
    if (token == unknown_)
      token = token_named(std::string_view(text).substr(cut->begin, cut->end - cut->begin));
    add(piece, symbol_at(cut->begin), symbol_at(cut->end), token, out);
  }
}

void UnigramModel::add(const SymbolText& piece, std::size_t begin, std::size_t end, TokenId token,
                       std::vector<Token>& out) const {
  if (token < 0 && byte_fallback_) {
    std::vector<Token> bytes;
    for (std::size_t i = begin; i < end; ++i) {
      const std::string spelled = bytes_of(piece[i]);
      const std::size_t n = spelled.size(), length = piece[i].end - piece[i].begin;
      for (std::size_t k = 0; k < n; ++k) {
        bytes.push_back({byte_tokens_[static_cast<unsigned char>(spelled[k])],
                         piece[i].begin + k * length / n, piece[i].begin + (k + 1) * length / n});
      }
    }
    if (std::all_of(bytes.begin(), bytes.end(), [](const Token& t) { return t.id >= 0; })) {
      out.insert(out.end(), bytes.begin(), bytes.end());
      return;
    }
  }
  out.push_back({token < 0 ? unknown_ : token, piece[begin].begin, piece[end - 1].end});
}

}  // namespace headscope
