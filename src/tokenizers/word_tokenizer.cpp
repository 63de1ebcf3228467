#include "tokenizers/word_tokenizer.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace headscope {
namespace {

constexpr std::string_view kBos = "<s>", kGlue = "<glue>";

std::string byte_name(int byte) {
  char name[8];
  std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
  return name;
}

/// The byte that a name like "<0x2E>" stands for, or −1.
int byte_of_name(std::string_view name) {
  if (name.size() != 6 || !name.starts_with("<0x") || name[5] != '>') return -1;
  int value = 0;
  for (char c : name.substr(3, 2)) {
    const bool digit = c >= '0' && c <= '9', letter = c >= 'A' && c <= 'F';
    if (!digit && !letter) return -1;
    value = value * 16 + (digit ? c - '0' : c - 'A' + 10);
  }
  return value;
}

bool is_letter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/// The end of the run that starts at `begin`: letters with apostrophes between them, or three dots, or one
/// byte.
std::size_t run_end(std::string_view text, std::size_t begin) {
  if (!is_letter(text[begin])) return text.substr(begin, 3) == "..." ? begin + 3 : begin + 1;
  std::size_t end = begin + 1;
  while (end < text.size() &&
         (is_letter(text[end]) || (text[end] == '\'' && end + 1 < text.size() && is_letter(text[end + 1]))))
    ++end;
  return end;
}

std::vector<std::string> standard_names(const std::vector<std::string>& words) {
  std::vector<std::string> names = {std::string(kBos), std::string(kGlue)};
  for (int byte = 0; byte < 256; ++byte) names.push_back(byte_name(byte));
  names.insert(names.end(), words.begin(), words.end());
  return names;
}

Error corrupt(std::string message) {
  return {ErrorCode::Corrupt, "tokenizer.json: " + std::move(message), "Export the model folder again"};
}

/// Letters to insert, remove or replace to make one word of the other; stops counting above `limit`.
int edit_distance(std::string_view a, std::string_view b, int limit) {
  if (std::abs(static_cast<int>(a.size()) - static_cast<int>(b.size())) > limit) return limit + 1;
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int replace = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

}  // namespace

WordTokenizer::WordTokenizer(const std::vector<std::string>& words)
    : WordTokenizer(standard_names(words), 0, 1) {}

WordTokenizer::WordTokenizer(std::vector<std::string> names, TokenId bos, TokenId glue)
    : names_(std::move(names)), byte_of_(names_.size(), -1), byte_token_{}, bos_(bos), glue_(glue) {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto id = static_cast<TokenId>(i);
    if (id == bos_ || id == glue_) continue;
    byte_of_[i] = byte_of_name(names_[i]);
    if (byte_of_[i] >= 0)
      byte_token_[static_cast<std::size_t>(byte_of_[i])] = id;
    else
      words_.emplace(names_[i], id);
  }
}

Result<TokenizerPtr> WordTokenizer::from_json(std::string_view json) {
  const nlohmann::json root = nlohmann::json::parse(json, nullptr, false);
  if (root.is_discarded() || !root.is_object()) return corrupt("not a JSON object");
  const auto model = root.find("model");
  if (model == root.end() || !model->is_object()) return corrupt("\"model\" is missing");
  const auto type = model->find("type");
  if (type == model->end() || *type != "Words") {
    return Error{ErrorCode::Unsupported, "tokenizer.json: the model type is not \"Words\"",
                 "Load it with another tokenizer"};
  }
  const auto vocab = model->find("vocab");
  if (vocab == model->end() || !vocab->is_array()) return corrupt("\"model.vocab\" is not a list");
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  TokenId bos = -1, glue = -1;
  int n_bytes = 0;
  for (const auto& entry : *vocab) {
    if (!entry.is_string() || entry.get_ref<const std::string&>().empty())
      return corrupt("a name in \"vocab\" is not a text");
    const auto& name = entry.get_ref<const std::string&>();
    if (!seen.insert(name).second) return corrupt("the name '" + name + "' is there twice");
    if (name == kBos) bos = static_cast<TokenId>(names.size());
    if (name == kGlue) glue = static_cast<TokenId>(names.size());
    n_bytes += byte_of_name(name) >= 0;
    names.push_back(name);
  }
  if (bos < 0 || glue < 0) return corrupt("<s> or <glue> is missing");
  if (n_bytes != 256) return corrupt("expected 256 byte tokens, found " + std::to_string(n_bytes));
  return TokenizerPtr(new WordTokenizer(std::move(names), bos, glue));
}

std::string WordTokenizer::to_json() const {
  nlohmann::ordered_json root;
  root["version"] = "1.0";
  root["model"]["type"] = "Words";
  root["model"]["vocab"] = names_;
  root["bos_token"] = kBos;
  root["glue_token"] = kGlue;
  return root.dump(1) + '\n';
}

TokenId WordTokenizer::word_id(std::string_view word) const {
  const auto found = words_.find(word);
  return found == words_.end() ? -1 : found->second;
}

std::vector<Token> WordTokenizer::encode(std::string_view text, bool add_special) const {
  std::vector<Token> tokens;
  if (add_special) tokens.push_back({bos_, 0, 0, true});
  bool bare = true;  // a word token would come without a space here
  const auto put = [&](TokenId id, std::size_t begin, std::size_t end) {
    tokens.push_back({id, begin, end, false});
  };
  for (std::size_t i = 0; i < text.size();) {
    const bool spaced = !bare && text[i] == ' ' && i + 1 < text.size();
    const std::size_t begin = spaced ? i + 1 : i, end = run_end(text, begin);
    const TokenId word = word_id(text.substr(begin, end - begin));
    // A sign that touches the word before it is a byte: one token instead of <glue> and the sign.
    if (word >= 0 && (spaced || bare || is_letter(text[begin]))) {
      if (!spaced && !bare) put(glue_, i, i);
      put(word, i, end);
      bare = false;
      i = end;
      continue;
    }
    const std::size_t stop = spaced ? end : run_end(text, i);
    for (; i < stop; ++i) put(byte_token_[static_cast<unsigned char>(text[i])], i, i + 1);
    bare = text[stop - 1] == '\n';
  }
  return tokens;
}

std::string WordTokenizer::decode(std::span<const TokenId> ids, bool skip_special) const {
  std::string text;
  bool bare = true;
  for (TokenId id : ids) {
    assert(id >= 0 && id < vocab_size());
    if (id == bos_ || id == glue_) {
      if (!skip_special && id == bos_) text += kBos;
      bare = true;
    } else if (const int byte = byte_of_[static_cast<std::size_t>(id)]; byte >= 0) {
      text += static_cast<char>(byte);
      bare = byte == '\n';
    } else {
      if (!bare) text += ' ';
      text += names_[static_cast<std::size_t>(id)];
      bare = false;
    }
  }
  return text;
}

bool WordTokenizer::is_piece(TokenId id) const {
  const int byte = byte_of_[static_cast<std::size_t>(id)];
  return byte >= 0 && byte != '\n' && byte != ' ' && !(byte < 0x80 && std::ispunct(byte) != 0);
}

std::vector<std::string> WordTokenizer::suggest(std::string_view prefix, int limit) const {
  struct Candidate {
    int rank;
    TokenId id;
  };
  const std::string wanted = lower(prefix);
  if (wanted.empty() || wanted.size() > 64 || limit <= 0) return {};
  const int tolerance = wanted.size() <= 3 ? 1 : 2;
  std::vector<Candidate> found;
  for (const auto& [word, id] : words_) {
    const std::string have = lower(word);
    if (!is_letter(word[0])) continue;
    const int wrong_case = !word.starts_with(prefix.substr(0, 1));
    if (have.starts_with(wanted)) {
      found.push_back({2 * static_cast<int>(have.size() - wanted.size()) + wrong_case, id});
    } else if (const int distance = edit_distance(wanted, have, tolerance); distance <= tolerance) {
      found.push_back({1000 + 2 * distance + wrong_case, id});
    }
  }
  std::sort(found.begin(), found.end(), [](const Candidate& a, const Candidate& b) {
    return a.rank != b.rank ? a.rank < b.rank : a.id < b.id;
  });
  std::vector<std::string> words;
  for (const Candidate& candidate : found) {
    if (static_cast<int>(words.size()) == limit) break;
    words.push_back(names_[static_cast<std::size_t>(candidate.id)]);
  }
  return words;
}

}  // namespace headscope
