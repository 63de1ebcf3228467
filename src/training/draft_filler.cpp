#include <algorithm>
#include <array>

#include "training/drafting.h"

/// Everyday sentences: what people type besides the skills.
namespace headscope::drafting {

namespace {

/// A noun phrase with the features that the rest of the sentence must agree with.
struct NounPhrase {
  std::string words;
  bool plural = false;
};

const Noun& any_object(Random& random) {
  switch (random.below(6)) {
    case 0:
      return random.pick(lexicon::kFoods);
    case 1:
      return random.pick(lexicon::kBodyAndHome);
    case 2:
      return random.pick(lexicon::kContainers);
    case 3:
      return random.pick(lexicon::kAnimals);
    case 4:
      return random.pick(lexicon::kVehicles);
    default:
      return random.pick(lexicon::kThings);
  }
}
std::string any_quality(Random& random) {
  const auto& list =
      *std::array{&lexicon::kColors, &lexicon::kTooBig, &lexicon::kTooSmall, &lexicon::kOfThings,
                  &lexicon::kOfPeople}[static_cast<std::size_t>(random.below(5))];
  return random.pick(list);
}
NounPhrase common_phrase(Random& random, const Noun& noun) {
  static const std::array<Word, 10> kOne = {"the", "the", "the", "my",   "your",
                                            "his", "her", "our", "this", "every"};
  static const std::array<Word, 12> kMany = {"the",  "the",  "my",  "your",  "these", "those",
                                             "some", "many", "two", "three", "all",   "their"};
  const std::string quality = random.chance(0.3) ? any_quality(random) : "";
  if (random.chance(0.3)) return {say(random.pick(kMany), quality, noun.many), true};
  const std::string head = say(quality, noun.one);
  return {random.chance(0.35) ? with_article(head) : say(random.pick(kOne), head), false};
}
NounPhrase someone(Random& random) {
  static const std::array<Word, 9> kRoles = {"teacher", "doctor", "farmer", "baby", "child",
                                             "friend",  "boy",    "girl",   "woman"};
  switch (random.below(7)) {
    case 0:
    case 1:
      return {any_name(random).name, false};
    case 2:
      return {random.chance(0.5) ? "he" : "she", false};
    case 3:
      return {random.pick(lexicon::kSubjects), true};
    case 4:
      return {say(random.chance(0.5) ? "the" : "my", random.pick(kRoles)), false};
    case 5:
      return common_phrase(random, random.pick(lexicon::kPeople).noun);
    default:
      return common_phrase(random, random.pick(lexicon::kAnimals));
  }
}
std::string is_for(const NounPhrase& who) {
  return who.words == "I" ? "am" : who.plural ? "are" : "is";
}
std::string was_for(const NounPhrase& who) {
  return who.words == "I" || !who.plural ? "was" : "were";
}
std::string verb_for(const NounPhrase& who, const lexicon::Verb& verb, bool past) {
  return past ? verb.past : who.plural ? verb.base : verb.third;
}
std::string where(Random& random) {
  return say(random.pick(lexicon::kPrepositions), "the", random.pick(lexicon::kPlaces).noun.one);
}
std::string maybe(Random& random, double p, const std::string& words) {
  return random.chance(p) ? words : "";
}

std::string action(Random& random) {
  const NounPhrase who = someone(random);
  const bool past = random.chance(0.6);
  switch (random.below(5)) {
    case 0: {
      const auto& verb = random.pick(lexicon::kWalkVerbs);
      return say(who.words, verb_for(who, verb, past), maybe(random, 0.4, random.pick(lexicon::kAdverbs)),
                 maybe(random, 0.5, where(random)), ".");
    }
    case 1:
      return say(who.words, verb_for(who, random.pick(lexicon::kTakeVerbs), past),
                 common_phrase(random, any_object(random)).words, maybe(random, 0.3, where(random)), ".");
    case 2:
      return say(who.words, verb_for(who, random.pick(lexicon::kFoodVerbs), past),
                 common_phrase(random, random.pick(lexicon::kFoods)).words,
                 maybe(random, 0.3, random.chance(0.5) ? "for dinner" : "for lunch"), ".");
    case 3:
      return say(who.words, is_for(who), random.pick(lexicon::kWalkVerbs).ing,
                 maybe(random, 0.6, where(random)), maybe(random, 0.2, "now"), ".");
    default: {
      const std::string whom =
          random.chance(0.4) ? any_name(random).name
                             : common_phrase(random, random.chance(0.5) ? random.pick(lexicon::kPeople).noun
                                                                        : random.pick(lexicon::kAnimals))
                                   .words;
      return say(who.words, verb_for(who, random.pick(lexicon::kLikeVerbs), past), whom,
                 maybe(random, 0.25, where(random)), ".");
    }
  }
}

std::string description(Random& random) {
  const NounPhrase what = random.chance(0.5) ? someone(random) : common_phrase(random, any_object(random));
  const std::string be = random.chance(0.6) ? is_for(what) : was_for(what);
  switch (random.below(4)) {
    case 0:
      return say(what.words, be, any_adjective(random), random.chance(0.5) ? "and" : "but",
                 any_adjective(random), ".");
    case 1:
      return say(what.words, be, "not", maybe(random, 0.4, "very"), any_adjective(random), ".");
    case 2:
      return say(what.words, be, where(random), ".");
    default:
      return say(what.words, be,
                 random.chance(0.3)   ? "very"
                 : random.chance(0.3) ? "really"
                                      : "",
                 any_adjective(random), ".");
  }
}

std::string daily_life(Random& random) {
  const std::string thing = any_object(random).one, person = random.pick(lexicon::kPeople).noun.one;
  const Name name = any_name(random), other = any_name(random);
  const lexicon::Verb& verb = random.pick(lexicon::kWalkVerbs);
  const std::string food = random.pick(lexicon::kFoods).many, animal = random.pick(lexicon::kAnimals).one;
  const std::string number = random.pick(lexicon::kNumbers), place = random.pick(lexicon::kPlaces).noun.one;
  static const std::array<Word, 9> kDrinks = {"water", "milk",  "tea",  "coffee", "juice",
                                              "soup",  "bread", "rice", "music"};
  static const std::array<Word, 6> kSky = {"sun", "moon", "rain", "snow", "wind", "sky"};
  switch (random.below(26)) {
    case 0:
      return say("there", "is", with_article(thing), "in the", place, ".");
    case 1:
      return say("there are", random.pick(lexicon::kNumbers) == std::string("one") ? "two" : "many",
                 any_object(random).many, "in the", place, ".");
    case 2:
      return say(name.name, "likes to", verb.base, ".", decided(name.pronoun()), verb.third, "every day .");
    case 3:
      return say("do you like", food, "?", random.chance(0.5) ? "yes , I do ." : "no , I don't .");
    case 4:
      return say("what is your name ? my name is", name.name, ".");
    case 5:
      return say("good morning ,", name.name, ". how are you ?");
    case 6:
      return say("it is",
                 random.chance(0.5)   ? random.pick(lexicon::kOfWeather)
                 : random.chance(0.5) ? "raining"
                                      : "cold",
                 random.pick(lexicon::kTimes), ".");
    case 7:
      return say("on", random.pick(lexicon::kDays), "we go to the", place, ".");
    case 8:
      return say("can you see the", any_quality(random), thing, "?",
                 random.chance(0.5) ? "yes , I can see it ." : "no , I can't .");
    case 9:
      return say("please", random.chance(0.5) ? "open" : "close", "the",
                 random.chance(0.5) ? "door" : "window", ".");
    case 10:
      return say(name.name, "and", other.name, "are friends . they", verb.base, "together .");
    case 11:
      return say("my", person, "is",
                 with_article(random.chance(0.5)   ? "teacher"
                              : random.chance(0.5) ? "doctor"
                                                   : "farmer"),
                 ".");
    case 12:
      return say("I", random.chance(0.5) ? "want" : "need",
                 random.chance(0.5) ? with_article(thing) : random.pick(kDrinks), ".");
    case 13:
      return say("in", random.pick(lexicon::kSeasons), "the", random.pick(kSky), "is",
                 random.pick(lexicon::kOfWeather), ".");
    case 14:
      return say("once upon a time there was", with_article(animal), ".");
    case 15:
      return say("let us", verb.base, "in the", place, "!");
    case 16:
      return say("where do you live ? I live near the", place, ".");
    case 17:
      return say("we", random.chance(0.5) ? "will" : "can", verb.base,
                 random.chance(0.5) ? "tomorrow" : "after lunch", ".");
    case 18:
      return say(name.name, "drinks", random.pick(kDrinks), "before",
                 random.chance(0.5) ? "dinner" : "breakfast", ".");
    case 19:
      return say("I think", other.name, "is", random.pick(lexicon::kOfPeople), ".");
    case 20:
      return say("the", food, "are", random.pick(lexicon::kOfFood), ".");
    case 21:
      return say(name.name, "did not", verb.base, "because", decided(name.pronoun()), "was",
                 random.pick(lexicon::kOfAnimals), ".");
    case 22:
      return say("mom and dad", verb.past, "in the", place, random.pick(lexicon::kTimes), ".");
    case 23:
      return say("the children", verb.base, "in the", random.pick(lexicon::kSeasons), ".");
    case 24:
      return say("this is my", thing, "and that is your", thing, ".");
    default:
      return say("thank you for the", thing, ",", name.name, "!");
  }
}

}  // namespace

Draft filler(Random& random) {
  Draft d;
  const int sentences = random.between(1, 2);
  for (int i = 0; i < sentences; ++i) {
    const int kind = random.below(10);
    d.marked = say(d.marked, kind < 4 ? action(random) : kind < 6 ? description(random) : daily_life(random));
  }
  return d;
}

}  // namespace headscope::drafting
