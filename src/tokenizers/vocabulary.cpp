#include "tokenizers/vocabulary.h"

#include "io/quote.h"

namespace headscope {

Error corrupt_tokenizer(const std::string& file, const std::string& what) {
  return {ErrorCode::Corrupt, file + ": " + what, "Download the tokenizer again"};
}

Result<Vocabulary> read_vocabulary(const Json& json, const std::string& file) {
  if (!json.is_object()) return corrupt_tokenizer(file, "model.vocab must be an object of tokens and ids");
  Vocabulary vocabulary;
  std::vector<bool> seen;
  vocabulary.reserve(json.size());
  for (const auto& [text, value] : json.items()) {
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= std::uint64_t{kMaxTokens}) {
      return corrupt_tokenizer(file, "the id of token " + quote(text) + " must be a whole number below " +
                                         std::to_string(kMaxTokens) + ", found " +
                                         quote(json_text(value, -1), 40));
    }
    const auto id = value.get<std::size_t>();
    if (id >= seen.size()) seen.resize(id + 1);
    if (seen[id]) return corrupt_tokenizer(file, "two tokens have the id " + std::to_string(id));
    seen[id] = true;
    vocabulary.emplace(text, static_cast<TokenId>(id));
  }
  return vocabulary;
}

Result<TokenId> find_token(const Vocabulary& vocabulary, const std::string& role, const std::string& name,
                           const std::string& file) {
  const auto found = vocabulary.find(name);
  if (found != vocabulary.end()) return found->second;
  return corrupt_tokenizer(file, role + " " + quote(name) + " is not in the vocabulary");
}

std::vector<std::string> names_of(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const auto& [name, id] : vocabulary) {
    const auto at = static_cast<std::size_t>(id);
    if (at >= names.size()) names.resize(at + 1);
    names[at] = name;
  }
  return names;
}

}  // namespace headscope
