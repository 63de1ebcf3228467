#include "tokenizers/vocabulary.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <utility>

#include "io/quote.h"

namespace headscope {

// ---- Vocabulary ----

void Vocabulary::reserve(std::size_t n_tokens) {
  names_.reserve(n_tokens);
  if (2 * n_tokens > slots_.size()) grow(std::bit_ceil(2 * n_tokens + 16));
}

std::size_t Vocabulary::place(std::string_view name) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = std::hash<std::string_view>()(name) & mask;
  while (slots_[at] != kEmpty && names_[static_cast<std::size_t>(slots_[at])] != name) at = (at + 1) & mask;
  return at;
}

void Vocabulary::grow(std::size_t n_slots) {
  std::vector<TokenId> old(n_slots, kEmpty);
  old.swap(slots_);
  for (const TokenId id : old) {
    if (id != kEmpty) slots_[place(names_[static_cast<std::size_t>(id)])] = id;
  }
}

bool Vocabulary::add(std::string name, TokenId id) {
  const auto index = static_cast<std::size_t>(id);
  if (index < taken_.size() && taken_[index]) return false;
  if (2 * (size_ + 1) > slots_.size()) grow(std::max<std::size_t>(16, 2 * slots_.size()));
  TokenId& slot = slots_[place(name)];
  if (slot == kEmpty) {
    ++size_;
  } else {
    names_[static_cast<std::size_t>(slot)].clear();
    taken_[static_cast<std::size_t>(slot)] = false;
  }
  slot = id;
  if (index >= names_.size()) {
    names_.resize(index + 1);
    taken_.resize(index + 1);
  }
  names_[index] = std::move(name);
  taken_[index] = true;
  return true;
}

TokenId Vocabulary::find(std::string_view name) const {
  return slots_.empty() ? kEmpty : slots_[place(name)];
}

// ---- reading ----

Error corrupt_tokenizer(const std::string& file, const std::string& what) {
  return {ErrorCode::Corrupt, file + ": " + what, "Download the tokenizer again"};
}

Result<Vocabulary> read_vocabulary(const Json& json, const ModelTables& begun, const std::string& file) {
  if (!json.is_object()) return corrupt_tokenizer(file, "model.vocab must be an object of tokens and ids");
  Vocabulary vocabulary;
  vocabulary.reserve(begun.ids.size() + json.size());
  const auto twice = [&](auto id) {
    return corrupt_tokenizer(file, "two tokens have the id " + std::to_string(id));
  };
  for (const auto& [text, id] : begun.ids) {
    if (!vocabulary.add(text, id)) return twice(id);
  }
  for (const auto& [text, value] : json.items()) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= std::uint64_t{kMaxTokens}) {
      return corrupt_tokenizer(file, "the id of token " + quote(text) + " must be a whole number below " +
                                         std::to_string(kMaxTokens) + ", found " +
                                         quote(json_text(value, -1), 40));
    }
    const auto id = value.get<TokenId>();
    if (!vocabulary.add(text, id)) return twice(id);
  }
  return vocabulary;
}

Result<TokenId> find_token(const Vocabulary& vocabulary, const std::string& role, const std::string& name,
                           const std::string& file) {
  const TokenId id = vocabulary.find(name);
  if (id >= 0) return id;
  return corrupt_tokenizer(file, role + " " + quote(name) + " is not in the vocabulary");
}

}  // namespace headscope
