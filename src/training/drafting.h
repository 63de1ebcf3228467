#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "training/grammar.h"
#include "training/lexicon.h"

/// Tools shared by the files that write drafts, one file a family of skills.
namespace headscope::drafting {

using lexicon::Noun;
using lexicon::Word;

/// Joins words with single spaces; empty ones vanish.
template <class... Parts>
std::string say(const Parts&... parts) {
  std::string out;
  const auto add = [&](std::string_view part) {
    if (part.empty()) return;
    if (!out.empty()) out += ' ';
    out += part;
  };
  (add(std::string_view(parts)), ...);
  return out;
}
inline std::string answer(std::string_view word) {
  return '*' + std::string(word);
}
inline std::string decided(std::string_view word) {
  return '~' + std::string(word);
}
/// "a dog", "an owl"
inline std::string with_article(std::string_view noun) {
  return say(lexicon::article(noun), noun);
}

/// Calls `make` until the combination it proposes belongs to the split. make() returns the combination.
template <class Make>
std::string until_split(Skill skill, Split split, Make make) {
  for (;;) {
    std::string combination = make();
    if (is_held_out(skill, combination) == (split == Split::HeldOut)) return combination;
  }
}

struct Name {
  std::string name;
  bool female = false;
  std::string_view pronoun() const { return female ? "she" : "he"; }
  std::string_view object() const { return female ? "her" : "him"; }
  std::string_view possessive() const { return female ? "her" : "his"; }
};
Name any_name(Random& random);
/// `count` different words.
std::vector<std::string> different(Random& random, const std::vector<Word>& from, int count);
std::string any_adjective(Random& random);

Draft reference(Random& random, const DraftOptions& options);
Draft giver(Random& random, const DraftOptions& options);
Draft pronoun(Random& random, const DraftOptions& options);
Draft agreement(Random& random, const DraftOptions& options);
Draft repetition(Random& random, const DraftOptions& options);
Draft lookup(Random& random, const DraftOptions& options);
Draft closing(Random& random, const DraftOptions& options);
Draft filler(Random& random);

}  // namespace headscope::drafting
