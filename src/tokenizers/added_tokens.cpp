#include "tokenizers/added_tokens.h"

#include <algorithm>

#include "tokenizers/unicode_class.h"

namespace headscope {

Result<AddedTokens> AddedTokens::read(const Json& json, const Normalizer& normalizer,
                                      const std::string& file) {
  AddedTokens result;
  if (json.is_null()) return result;
  if (!json.is_array()) {
    return Error{ErrorCode::Corrupt, file + ": added_tokens must be a list", "Download the tokenizer again"};
  }
  for (const Json& entry : json) {
    JsonFields fields(entry, file + ": added_tokens");
    AddedToken token;
    token.id = static_cast<TokenId>(fields.integer("id", 0, 16'000'000));
    token.content = fields.string("content");
    token.special = fields.boolean("special", false);
    token.normalized = fields.boolean("normalized", !token.special);
    token.single_word = fields.boolean("single_word", false);
    token.strip_left = fields.boolean("lstrip", false);
    token.strip_right = fields.boolean("rstrip", false);
    if (!fields.status()) return fields.status().error();
    if (token.content.empty()) continue;

    std::u32string content;
    SymbolText symbols = symbols_of(token.content);
    if (token.normalized) symbols = normalizer.apply(std::move(symbols));
    for (const Symbol& symbol : symbols) content.push_back(symbol.value);
    if (!content.empty()) {
      const std::string name = utf8_of(symbols);
      result.names_by_byte_[static_cast<unsigned char>(name.front())].push_back(name);
      result.entries_[token.normalized][content.front()].push_back({content, result.tokens_.size()});
    }
    result.token_of_id_.emplace(token.id, result.tokens_.size());
    result.tokens_.push_back(std::move(token));
  }
  for (auto& stage : result.entries_) {
    for (auto& [first, entries] : stage) {
      std::stable_sort(entries.begin(), entries.end(),
                       [](const Entry& a, const Entry& b) { return a.content.size() > b.content.size(); });
    }
  }
  return result;
}

const AddedToken* AddedTokens::find(TokenId id) const {
  const auto found = token_of_id_.find(id);
  return found == token_of_id_.end() ? nullptr : &tokens_[found->second];
}

bool AddedTokens::may_be_in(std::string_view text) const {
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const std::string& name : names_by_byte_[static_cast<unsigned char>(text[i])]) {
      if (text.substr(i).starts_with(name)) return true;
    }
  }
  return false;
}

const AddedTokens::Entry* AddedTokens::match_at(const SymbolText& text, std::size_t at,
                                                bool normalized) const {
  const auto found = entries_[normalized].find(text[at].value);
  if (found == entries_[normalized].end()) return nullptr;
  for (const Entry& entry : found->second) {
    const std::size_t end = at + entry.content.size();
    if (end > text.size()) continue;
    bool matches = true;
    for (std::size_t i = at; i < end && matches; ++i) {
      matches = text[i].value == entry.content[i - at] && text[i].raw_byte < 0;
    }
    if (matches) return &entry;
  }
  return nullptr;
}

std::vector<AddedTokens::Part> AddedTokens::split(SymbolText text, bool normalized) const {
  std::vector<Part> parts;
  if (entries_[normalized].empty()) {
    if (!text.empty()) parts.push_back({std::move(text), nullptr});
    return parts;
  }
  const auto slice = [&](std::size_t begin, std::size_t end) {
    return SymbolText(text.begin() + static_cast<std::ptrdiff_t>(begin),
                      text.begin() + static_cast<std::ptrdiff_t>(end));
  };
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size();) {
    const Entry* entry = match_at(text, i, normalized);
    if (!entry) {
      ++i;
      continue;
    }
    const AddedToken& token = tokens_[entry->token];
    std::size_t begin = i, end = i + entry->content.size();
    i = end;
    if (token.single_word) {
      const bool inside = (begin > 0 && is_word_character(text[begin - 1].value)) ||
                          (end < text.size() && is_word_character(text[end].value));
      if (inside) continue;
    }
    if (token.strip_left) {
      while (begin > done && is_white_space(text[begin - 1].value)) --begin;
    }
    if (token.strip_right) {
      while (end < text.size() && is_white_space(text[end].value)) ++end;
    }
    if (begin > done) parts.push_back({slice(done, begin), nullptr});
    parts.push_back({slice(begin, end), &token});
    done = i = end;
  }
  if (done < text.size()) parts.push_back({slice(done, text.size()), nullptr});
  return parts;
}

}  // namespace headscope
