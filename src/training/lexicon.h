#pragma once

#include <string>
#include <string_view>
#include <vector>

/// The words of the built-in model, by what they can do in a sentence. Everything the generator writes is
/// made of these; `vocabulary_words` is the word list of the tokenizer.
namespace headscope::lexicon {

using Word = const char*;
struct Noun {
  Word one, many;
};
struct Verb {
  Word base, third, past, ing;  ///< walk, walks, walked, walking
};
struct Person {
  Noun noun;
  bool female;
};
/// A place, and the preposition that goes with it: "at school", "in the park" keep one form here: "in the
/// park".
struct Place {
  Noun noun;
  bool crossable;  ///< one can cross it: a street, a river
};

extern const std::vector<Noun> kAnimals, kThings, kContainers, kVehicles, kFoods, kBodyAndHome;
extern const std::vector<Place> kPlaces;
extern const std::vector<Person> kPeople;
extern const std::vector<Word> kSheNames, kHeNames;
extern const std::vector<Word> kColors;
extern const std::vector<Word> kOfAnimals;   ///< too tired: only an animal can be
extern const std::vector<Word> kOfPlaces;    ///< too wide: only a place can be
extern const std::vector<Word> kOfVehicles;  ///< too slow: only a vehicle can be
extern const std::vector<Word> kTooBig;      ///< does not fit because the thing is
extern const std::vector<Word> kTooSmall;    ///< does not fit because the container is
extern const std::vector<Word> kOfThings, kOfPeople, kOfFood, kOfWeather;
extern const std::vector<Verb> kWalkVerbs;  ///< intransitive
extern const std::vector<Verb> kTakeVerbs;  ///< take a thing
extern const std::vector<Verb> kGiveVerbs;  ///< give a thing to someone
extern const std::vector<Verb> kLikeVerbs;  ///< like anyone or anything
extern const std::vector<Verb> kFoodVerbs;
extern const std::vector<Word> kPrepositions;  ///< of place
extern const std::vector<Word> kNumbers, kDays, kSeasons, kTimes, kAdverbs, kSubjects;
extern const std::vector<Word> kFunctionWords, kSigns;
extern const std::vector<Word> kMayStart;  ///< words that also exist with a capital letter

/// "a" or "an", by the first letter.
Word article(std::string_view next_word);

/// Every word of the lexicon once, sorted, signs first: the word part of the tokenizer's vocabulary.
std::vector<std::string> vocabulary_words();

}  // namespace headscope::lexicon
