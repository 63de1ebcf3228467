#include "models/id_tokenizer.h"

#include <algorithm>

namespace headscope {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

IdTokenizer::IdTokenizer(int vocab_size) {
  for (int id = 0; id < vocab_size; ++id) names_.push_back(std::to_string(id));
}

std::vector<Token> IdTokenizer::encode(std::string_view text, bool) const {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    Token token;
    // What separates numbers belongs to the number after it, so that the ranges tile the text.
    token.begin = tokens.empty() ? 0 : tokens.back().end;
    for (; at < text.size() && is_digit(text[at]); ++at) {
      token.id = std::min(token.id * 10 + (text[at] - '0'), vocab_size());
    }
    token.end = at;
    tokens.push_back(token);
  }
  if (!tokens.empty()) tokens.back().end = text.size();
  return tokens;
}

std::string IdTokenizer::decode(std::span<const TokenId> ids, bool) const {
  std::string text;
  for (const TokenId id : ids) text += (text.empty() ? "" : " ") + std::to_string(id);
  return text;
}

std::string_view IdTokenizer::token_name(TokenId id) const {
  return id >= 0 && id < vocab_size() ? std::string_view(names_[static_cast<std::size_t>(id)]) : "";
}

std::vector<std::string> IdTokenizer::suggest(std::string_view prefix, int limit) const {
  std::vector<std::string> found;
  for (const std::string& name : names_) {
    if (static_cast<int>(found.size()) >= limit) break;
    if (name.starts_with(prefix)) found.push_back(name);
  }
  return found;
}

}  // namespace headscope
