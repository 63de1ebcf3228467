#include "models/trace_tokens.h"

#include "base/utf8.h"

namespace headscope {
namespace {

/// Tokens that cannot be shown by their text go by the vocabulary's name for them.
std::string label_of(const Tokenizer& tokenizer, const TraceToken& token) {
  if (!token.special && !token.text.empty() && is_valid_utf8(token.text)) return "";
  return std::string(tokenizer.token_name(token.id));
}

}  // namespace

std::vector<TraceToken> trace_tokens(const Tokenizer& tokenizer, const std::string& text,
                                     std::span<const Token> tokens) {
  std::vector<TraceToken> shown;
  shown.reserve(tokens.size());
  for (const Token& token : tokens) {
    TraceToken entry{
        token.id,      text.substr(token.begin, token.end - token.begin), "", token.begin, token.end,
        token.special, !token.special && tokenizer.is_piece(token.id)};
    entry.label = label_of(tokenizer, entry);
    shown.push_back(std::move(entry));
  }
  return shown;
}

std::vector<TraceToken> trace_tokens(const Tokenizer& tokenizer, std::span<const int> ids,
                                     std::string& text) {
  std::vector<TraceToken> shown;
  shown.reserve(ids.size());
  text.clear();
  std::optional<TokenId> before;
  for (const int id : ids) {
    const TokenId one[] = {id};
    TraceToken entry{id,   before ? token_text(tokenizer, id, before) : tokenizer.decode(one, false),
                     "",   text.size(),
                     0,    false,
                     false};
    before = id;
    entry.special = !entry.text.empty() && tokenizer.decode(one, true).empty();
    if (entry.special) entry.text.clear();
    entry.piece = !entry.special && tokenizer.is_piece(id);
    text += entry.text;
    entry.end = text.size();
    entry.label = label_of(tokenizer, entry);
    shown.push_back(std::move(entry));
  }
  return shown;
}

std::string token_text(const Tokenizer& tokenizer, TokenId id, std::optional<TokenId> before) {
  // Some tokenizers drop the space in front of the first word, so the token is decoded behind another one.
  const TokenId both[] = {before.value_or(id), id};
  const std::string first = tokenizer.decode({both, 1}, false), text = tokenizer.decode(both, false);
  return text.starts_with(first) ? text.substr(first.size()) : tokenizer.decode({both + 1, 1}, false);
}

}  // namespace headscope
