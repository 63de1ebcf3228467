#include "training/grammar.h"

#include <algorithm>
#include <cctype>
#include <unordered_set>

#include "base/hash.h"
#include "training/drafting.h"

namespace headscope {

std::string_view skill_name(Skill skill) {
  switch (skill) {
    case Skill::Reference:
      return "reference";
    case Skill::Giver:
      return "giver";
    case Skill::Pronoun:
      return "pronoun";
    case Skill::Agreement:
      return "agreement";
    case Skill::Repetition:
      return "repetition";
    case Skill::Lookup:
      return "lookup";
    case Skill::Closing:
      return "closing";
    case Skill::Filler:
      return "filler";
  }
  return "";
}

bool is_held_out(Skill skill, std::string_view combination) {
  const std::uint64_t hash = Hasher().add(skill_name(skill)).add(combination).value();
  return (hash >> 20) % 10 == 0;
}

Draft draft(Skill skill, Random& random, const DraftOptions& options) {
  switch (skill) {
    case Skill::Reference:
      return drafting::reference(random, options);
    case Skill::Giver:
      return drafting::giver(random, options);
    case Skill::Pronoun:
      return drafting::pronoun(random, options);
    case Skill::Agreement:
      return drafting::agreement(random, options);
    case Skill::Repetition:
      return drafting::repetition(random, options);
    case Skill::Lookup:
      return drafting::lookup(random, options);
    case Skill::Closing:
      return drafting::closing(random, options);
    case Skill::Filler:
      return drafting::filler(random);
  }
  return {};
}

namespace {

bool glues_to_previous(std::string_view word) {
  return word == "." || word == "," || word == "?" || word == "!" || word == ":" || word == ";" ||
         word == ")" || word == "]" || word == "}";
}
bool glues_to_next(std::string_view word) {
  return word == "(" || word == "[" || word == "{";
}

bool may_start(std::string_view word) {
  static const std::unordered_set<std::string_view> words(lexicon::kMayStart.begin(),
                                                          lexicon::kMayStart.end());
  return words.contains(word);
}

}  // namespace

Text spell(const Draft& draft, Spelling spelling) {
  Text result;
  bool sentence_start = true, glue = true, in_quote = false;
  const std::string_view marked = draft.marked;
  for (std::size_t begin = 0; begin < marked.size();) {
    const std::size_t end = std::min(marked.find(' ', begin), marked.size());
    std::string_view word = marked.substr(begin, end - begin);
    begin = end + 1;
    const char mark = word.size() > 1 && (word[0] == '*' || word[0] == '~') ? word[0] : ' ';
    if (mark != ' ') word.remove_prefix(1);
    bool to_previous = false, to_next = false;
    const bool quote = word == "\"";
    if (spelling == Spelling::Natural) {
      to_previous = glues_to_previous(word) || (quote && in_quote);
      to_next = glues_to_next(word) || (quote && !in_quote);
    }
    if (!glue && !to_previous) result.text += ' ';
    if (mark != ' ') result.decided.push_back(result.text.size());
    if (mark == '*') result.answers.push_back(result.text.size());
    const std::size_t at = result.text.size();
    result.text += word;
    if (spelling != Spelling::Spaced && sentence_start && may_start(word)) {
      result.text[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    }
    const bool opens = (quote && !in_quote) || glues_to_next(word);
    const bool ends = word == "." || word == "?" || word == "!";
    const bool closes = (quote && in_quote) || word == ")" || word == "]";
    sentence_start = ends || opens || (sentence_start && closes);
    if (quote) in_quote = !in_quote;
    glue = to_next;
  }
  return result;
}

}  // namespace headscope
