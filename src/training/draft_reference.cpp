#include <array>

#include "training/drafting.h"

/// Who is meant: "it", "she" and "he", and the one who receives.
namespace headscope::drafting {

namespace {

/// Two nouns of which the last adjective picks one.
struct Scene {
  std::string first, second;  ///< who acts, and where or into what
  std::string adjective;
  bool means_first = false;
  std::string text;  ///< up to and with "because it was"
};

Scene crossing(Random& random) {
  Scene s;
  const bool vehicle = random.chance(0.2);
  const lexicon::Place* place = &random.pick(lexicon::kPlaces);
  while (vehicle && !place->crossable) place = &random.pick(lexicon::kPlaces);
  s.first = vehicle ? random.pick(lexicon::kVehicles).one : random.pick(lexicon::kAnimals).one;
  s.second = place->noun.one;
  s.means_first = random.chance(0.5);
  s.adjective = !s.means_first ? random.pick(lexicon::kOfPlaces)
                : vehicle      ? random.pick(lexicon::kOfVehicles)
                               : random.pick(lexicon::kOfAnimals);
  const std::string the_first = say("the", s.first), the_second = say("the", s.second);
  static const std::array<Word, 3> kNot = {"did not", "could not", "would not"};
  static const std::array<Word, 3> kEnter = {"enter", "like", "visit"};
  const std::string verb = place->crossable && random.chance(0.75) ? "cross" : random.pick(kEnter);
  switch (random.below(8)) {
    case 0:
      s.text = say(the_first, "stayed away from", the_second);
      break;
    case 1:
      s.text = say("near", the_second, ",", the_first, "stopped");
      break;
    case 2:
      s.text =
          say("in", the_second, "the", s.first, random.pick(kNot), random.pick(lexicon::kWalkVerbs).base);
      break;
    default:
      s.text = say(the_first, random.pick(kNot), verb, the_second);
  }
  return s;
}

Scene fitting(Random& random) {
  Scene s;
  s.first = random.pick(lexicon::kThings).one;
  s.second = random.pick(lexicon::kContainers).one;
  s.means_first = random.chance(0.5);
  s.adjective = s.means_first ? random.pick(lexicon::kTooBig) : random.pick(lexicon::kTooSmall);
  s.text = say("the", s.first, random.chance(0.7) ? "did not" : "could not", "fit",
               random.chance(0.7) ? "in" : "into", "the", s.second);
  return s;
}

std::string after_reference(Random& random, const std::string& noun, const std::string& adjective) {
  const std::string the_noun = say("the", answer(noun));
  switch (random.below(9)) {
    case 0:
      return say(". yes ,", the_noun, "was too", adjective, ".");
    case 1:
      return say(".", the_noun, "was very", adjective, ".");
    case 2:
      return say(".", the_noun, "was so", adjective, ".");
    case 3:
      return say(". what was too", adjective, "?", the_noun, ".");
    case 4:
      return say(". what was too", adjective, "?", the_noun, "was too", adjective, ".");
    case 5:
      return say(", so", the_noun, "was", adjective, ".");
    case 6:
      return say(". it was", the_noun, "that was too", adjective, ".");
    case 7:
      return say("(", the_noun, ") .");
    default:
      return say(".", the_noun, "was too", adjective, ".");
  }
}

}  // namespace

Name any_name(Random& random) {
  const bool female = random.chance(0.5);
  return {female ? random.pick(lexicon::kSheNames) : random.pick(lexicon::kHeNames), female};
}

Draft reference(Random& random, const DraftOptions& options) {
  Scene s;
  Draft d;
  d.form = random.chance(0.2) ? "fit" : "cross";
  d.combinations = {until_split(Skill::Reference, options.split, [&] {
    s = d.form == "fit" ? fitting(random) : crossing(random);
    return say(s.first, s.second, s.adjective);
  })};
  const std::string noun = s.means_first ? s.first : s.second;
  d.form += s.means_first ? ", the first noun" : ", the second noun";
  d.marked = say(s.text, "because it was", random.chance(0.85) ? "too" : "so", s.adjective,
                 after_reference(random, noun, s.adjective));
  return d;
}

Draft giver(Random& random, const DraftOptions& options) {
  Name a, b;
  Draft d;
  d.combinations = {until_split(Skill::Giver, options.split, [&] {
    do a = any_name(random), b = any_name(random);
    while (a.name == b.name);
    return a.name < b.name ? say(a.name, b.name) : say(b.name, a.name);
  })};
  const bool swapped = random.chance(0.5);
  const std::string giver = swapped ? b.name : a.name, receiver = swapped ? a.name : b.name;
  const std::string both = say(a.name, "and", b.name),
                    place = say("the", random.pick(lexicon::kPlaces).noun.one);
  const std::string thing =
      random.chance(0.75) ? random.pick(lexicon::kThings).one : random.pick(lexicon::kFoods).one;
  const lexicon::Verb& verb = random.pick(lexicon::kGiveVerbs);
  std::string opening;
  switch (random.below(6)) {
    case 0:
      opening = say("when", both, "went to", place, ",");
      break;
    case 1:
      opening = say(both, "were in", place, ".");
      break;
    case 2:
      opening = say(both, "are friends .");
      break;
    case 3:
      opening = say("after", both, "came to", place, ",");
      break;
    default:
      opening = say(both, "went to", place, ".");
  }
  std::string act;
  switch (random.below(6)) {
    case 0:
      act = say(giver, verb.past, answer(receiver), with_article(thing), ".");
      break;
    case 1:
      act = say(giver, "wanted to", verb.base, "the", thing, "to", answer(receiver), ".");
      break;
    case 2:
      act = say(giver, "said hello to", answer(receiver), ".");
      break;
    default:
      act = say(giver, verb.past, random.chance(0.6) ? with_article(thing) : say("the", thing), "to",
                answer(receiver), ".");
  }
  // Forms whose next word is not the receiver in every text of the same beginning only count in the loss.
  const bool sure = act.find(" to *") != std::string::npos;
  d.form = sure ? "… to" : "gave …";
  if (!sure) act[act.find('*')] = '~';
  d.marked = say(opening, act);
  if (random.chance(0.35)) d.marked = say(d.marked, receiver, "thanked", answer(giver), ".");
  if (!sure && d.marked.find('*') == std::string::npos)
    d.marked = say(d.marked, receiver, "thanked", answer(giver), ".");
  return d;
}

Draft pronoun(Random& random, const DraftOptions& options) {
  Name who;
  std::string thing, color;
  Draft d;
  d.combinations = {until_split(Skill::Pronoun, options.split, [&] {
    who = any_name(random);
    if (random.chance(0.25)) {
      const lexicon::Person& person = random.pick(lexicon::kPeople);
      who = {say(random.chance(0.5) ? "the" : "my", person.noun.one), person.female};
    }
    thing = random.pick(lexicon::kThings).one;
    return say(who.name, thing);
  })};
  color = random.chance(0.5) ? random.pick(lexicon::kColors) : "";
  const std::string a_thing = color.empty() ? with_article(thing) : say("a", color, thing);
  const lexicon::Verb& take = random.pick(lexicon::kTakeVerbs);
  const std::string place = random.pick(lexicon::kPlaces).noun.one, mood = random.pick(lexicon::kOfPeople);
  static const std::array<Word, 5> kThen = {"one day", "then", "now", "later", "yesterday"};
  const std::string he = answer(who.pronoun());
  switch (random.below(6)) {
    case 0:
      d.form = "because";
      d.marked = say(who.name, "was", mood, "because", he, take.past, "the", thing, ".");
      break;
    case 1:
      d.form = "and";
      d.marked = say(who.name, "went to the", place, "with", a_thing, ". there", he, take.past,
                     decided(who.possessive()), thing, ".");
      break;
    case 2: {
      d.form = "him or her";
      Name other = any_name(random);
      d.marked = say(who.name, "had no", thing, ". so", other.name, "gave", answer(who.object()),
                     with_article(thing), ".");
      break;
    }
    default:
      d.form = "then";
      d.marked = say(who.name, random.chance(0.5) ? "had" : take.past, a_thing, ".", random.pick(kThen), he,
                     random.pick(lexicon::kTakeVerbs).past,
                     random.chance(0.7) ? "the" : decided(who.possessive()), thing, ".");
  }
  return d;
}

}  // namespace headscope::drafting
