#include <algorithm>
#include <array>

#include "training/drafting.h"

/// Agreement across a distractor, lists that repeat, quotes and brackets that close.
namespace headscope::drafting {

namespace {

const Noun& any_noun(Random& random) {
  switch (random.below(6)) {
    case 0:
      return random.pick(lexicon::kThings);
    case 1:
      return random.pick(lexicon::kPlaces).noun;
    case 2:
      return random.pick(lexicon::kPeople).noun;
    case 3:
      return random.pick(lexicon::kFoods);
    case 4:
      return random.pick(lexicon::kVehicles);
    default:
      return random.pick(lexicon::kAnimals);
  }
}

std::string list_word(Random& random) {
  switch (random.below(10)) {
    case 0:
    case 1:
    case 2:
      return any_name(random).name;
    case 3:
      return random.pick(lexicon::kColors);
    case 4:
      return random.pick(lexicon::kNumbers);
    case 5:
      return any_noun(random).many;
    case 6:
      return random.pick(lexicon::kOfThings);
    default:
      return any_noun(random).one;
  }
}

}  // namespace

std::vector<std::string> different(Random& random, const std::vector<Word>& from, int count) {
  std::vector<std::string> words(from.begin(), from.end());
  random.shuffle(words);
  words.resize(static_cast<std::size_t>(std::min<int>(count, static_cast<int>(words.size()))));
  return words;
}

std::string any_adjective(Random& random) {
  switch (random.below(6)) {
    case 0:
      return random.pick(lexicon::kOfAnimals);
    case 1:
      return random.pick(lexicon::kOfPlaces);
    case 2:
      return random.pick(lexicon::kOfThings);
    case 3:
      return random.pick(lexicon::kColors);
    case 4:
      return random.pick(lexicon::kTooBig);
    default:
      return random.pick(lexicon::kOfPeople);
  }
}

Draft agreement(Random& random, const DraftOptions& options) {
  const bool one = random.chance(0.5), other_one = random.chance(0.5);
  Noun noun{}, other{};
  std::string preposition;
  Draft d;
  static const std::array<Word, 6> kBetween = {"near", "behind", "beside", "with", "from", "by"};
  d.combinations = {until_split(Skill::Agreement, options.split, [&] {
    do noun = any_noun(random);
    while (std::string_view(noun.one) == noun.many);
    do other = any_noun(random);
    while (std::string_view(other.one) == noun.one);
    preposition = random.pick(kBetween);
    return say(noun.one, preposition, other.one);
  })};
  const std::string subject = say(random.chance(0.2) ? any_adjective(random) : "", one ? noun.one : noun.many,
                                  preposition, "the", other_one ? other.one : other.many);
  d.form = one == other_one ? "same number" : "other number";
  const auto& verb = random.pick(lexicon::kWalkVerbs);
  switch (random.below(10)) {
    case 0:
      d.marked = say("the", subject, decided(one ? "was" : "were"), any_adjective(random), ".");
      break;
    case 1:
      d.marked = say("the", subject, decided(one ? verb.third : verb.base),
                     random.chance(0.4) ? random.pick(lexicon::kAdverbs) : "", ".");
      break;
    default:
      d.marked = say("the", subject, answer(one ? "is" : "are"), random.chance(0.2) ? "very" : "",
                     any_adjective(random), ".");
  }
  if (d.marked.find('*') == std::string::npos) {  // one sure verb in every text
    d.marked = say(d.marked, "the", subject, answer(one ? "is" : "are"), any_adjective(random), ".");
  }
  return d;
}

Draft repetition(Random& random, const DraftOptions& options) {
  Draft d;
  std::vector<std::string> words = {list_word(random)};
  const int count = random.between(3, 7);
  while (static_cast<int>(words.size()) < count) {
    // Every pair of neighbours is a combination: what follows what is all that repetition has to learn.
    std::string next;
    const std::string pair = until_split(Skill::Repetition, options.split, [&] {
      do next = list_word(random);
      while (std::find(words.begin(), words.end(), next) != words.end());
      return say(words.back(), next);
    });
    words.push_back(next);
    d.combinations.push_back(pair);
  }
  const bool commas = random.chance(0.35);
  d.form = commas ? "with commas" : "plain";
  const auto list = [&](bool again) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (commas && i > 0) out = say(out, ",");
      out = say(out, again ? (i == 0 ? decided(words[i]) : answer(words[i])) : words[i]);
    }
    return out;
  };
  static const std::array<Word, 4> kBetween = {".", ". again :", ";", ". once more :"};
  const std::string between = commas || random.chance(0.4) ? random.pick(kBetween) : ",";
  d.marked = say(list(false), between, list(true), ".");
  if (random.chance(0.2)) d.marked.replace(d.marked.size() - 1, 1, say(between, list(true), "."));
  return d;
}

Draft closing(Random& random, const DraftOptions& options) {
  static const std::array<std::array<Word, 2>, 3> kPairs = {{{"\"", "\""}, {"(", ")"}, {"[", "]"}}};
  const auto inside = [&](const Noun& noun, const std::string& adjective) {
    switch (random.below(5)) {
      case 0:
        return say("the", noun.one, "is very", adjective, ".");
      case 1:
        return say("the", noun.many, "near the", random.pick(lexicon::kPlaces).noun.one, "are", adjective,
                   ".");
      case 2:
        return say("I like the", adjective, noun.one, ".");
      case 3:
        return say("look at the", adjective, noun.one, "in the", random.pick(lexicon::kPlaces).noun.one, ".");
      default:
        return say("the", noun.one, "is", adjective, ".");
    }
  };
  static const std::array<Word, 3> kSaid = {"said ,", "asked ,", "answered ,"};
  std::size_t kind = 0;
  Noun noun{};
  std::string adjective;
  Draft d;
  d.combinations = {until_split(Skill::Closing, options.split, [&] {
    kind = static_cast<std::size_t>(random.below(3));
    noun = any_noun(random);
    adjective = any_adjective(random);
    return say(kPairs[kind][0], noun.one, adjective);
  })};
  const std::string content = inside(noun, adjective);
  const auto [open, close] = kPairs[kind];
  d.form = kind == 0 ? "quote" : kind == 1 ? "round bracket" : "square bracket";
  const std::string before = kind == 0 ? say(any_name(random).name, random.pick(kSaid))
                                       : say(any_name(random).name, random.pick(lexicon::kWalkVerbs).past);
  d.marked = say(before, open, content, answer(close));
  if (kind != 0 && random.chance(0.3)) {  // a quote within brackets, or brackets within brackets
    const std::string inner = random.chance(0.6)
                                  ? say(any_name(random).name, "said , \"", content, answer("\""))
                                  : say(kind == 1 ? "[" : "(", content, answer(kind == 1 ? "]" : ")"));
    d.form += ", nested";
    d.marked = say(before, open, inner, answer(close));
  }
  return d;
}

}  // namespace headscope::drafting
