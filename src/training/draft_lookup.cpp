#include <algorithm>
#include <array>

#include "training/drafting.h"

/// Facts, then questions whose answers lie in them.
namespace headscope::drafting {

namespace {

struct Fact {
  std::string name, color, thing, place, preposition, verb;  ///< verb: is, was, looks, looked
};
/// What the facts of a text say.
enum class Kind { Color, Owner, Place };

/// One of the first `limit` words of a list; 0 is all of them.
template <class Item>
const Item& pick_first(Random& random, const std::vector<Item>& list, int limit) {
  const int size = static_cast<int>(list.size());
  return list[static_cast<std::size_t>(random.below(limit > 0 ? std::min(limit, size) : size))];
}

Fact any_fact(Random& random, int words) {
  static const std::array<Word, 4> kWhere = {"in", "on", "under", "behind"};
  Fact f;
  f.name = random.chance(0.5) ? pick_first(random, lexicon::kSheNames, words)
                              : pick_first(random, lexicon::kHeNames, words);
  f.color = pick_first(random, lexicon::kColors, words);
  f.thing = words > 0 || random.chance(0.8) ? pick_first(random, lexicon::kThings, words).one
                                            : random.pick(lexicon::kVehicles).one;
  f.place = random.chance(0.5) ? pick_first(random, lexicon::kPlaces, words).noun.one
                               : pick_first(random, lexicon::kContainers, words).one;
  f.preposition = random.pick(kWhere);
  static const std::array<Word, 4> kIs = {"is", "was", "looks", "looked"};
  f.verb = random.pick(kIs);
  return f;
}

std::string tell(Random& random, Kind kind, const Fact& f) {
  switch (kind) {
    case Kind::Owner:
      return say(f.name, random.chance(0.7) ? "has" : "had", "a", f.color, f.thing, ".");
    case Kind::Color:
      return random.chance(0.7) ? say("the", f.thing, f.verb, f.color, ".")
                                : say("there", f.verb == "was" ? "was" : "is", "a", f.color, f.thing, ".");
    case Kind::Place:
      return say("the", f.thing, "is", f.preposition, "the", f.place, ".");
  }
  return "";
}

/// What a question asks for.
enum class About { Owner, Color, Thing, Place };

About any_question(Random& random, Kind kind) {
  if (kind == Kind::Place) return About::Place;
  if (random.chance(0.2)) return About::Thing;
  return kind == Kind::Owner && random.chance(0.5) ? About::Owner : About::Color;
}

/// A question about one fact, and its answer: short ("? red ."), or in full ("? the hat is red .").
std::string ask(const Fact& f, About about, bool full, bool with_color) {
  switch (about) {
    case About::Place:
      return say("where is the", f.thing, "?", full ? say("the", decided(f.thing), "is") : "",
                 decided(f.preposition), "the", answer(f.place), ".");
    case About::Owner:
      return say("who has the", f.thing, "?", answer(f.name),
                 full ? say("has the", with_color ? decided(f.color) : "", decided(f.thing)) : "", ".");
    case About::Thing:
      return say("what is", f.color, "? the", decided(f.color), answer(f.thing), ".");
    case About::Color:
      break;
  }
  return say("what color", f.verb == "was" ? "was" : "is", "the", f.thing, "?",
             full ? say("the", decided(f.thing), f.verb) : "", answer(f.color), ".");
}

/// "list : hat red , cup blue ." The facts once more, in another order: the value right after its key.
std::string summary(Random& random, std::vector<Fact> facts, Kind kind) {
  random.shuffle(facts);
  std::string out = "list :";
  for (const Fact& f : facts) {
    const std::string& value = kind == Kind::Owner ? f.name : kind == Kind::Color ? f.color : f.place;
    out = say(out, f.thing, decided(value), &f == &facts.back() ? "." : ",");
  }
  return out;
}

std::string form_of(Kind kind, About about, bool full) {
  const std::string fact = kind == Kind::Owner   ? "Tom has a red hat"
                           : kind == Kind::Color ? "the hat is red"
                                                 : "the hat is in the box";
  switch (about) {
    case About::Place:
      return fact + " . where ? " + (full ? "the hat is in the box" : "in the box");
    case About::Owner:
      return fact + " . who ? " + (full ? "Tom has the hat" : "Tom");
    case About::Thing:
      return fact + " . what is red ? the red hat";
    case About::Color:
      break;
  }
  return fact + " . what color ? " + (full ? "the hat is red" : "red");
}

/// Short answers are more frequent, so that the word after "?" is decided.
constexpr double kFullShare = 0.42;

}  // namespace

Draft lookup(Random& random, const DraftOptions& options) {
  const Kind kind = static_cast<Kind>(random.below(options.lookup_kinds));
  const int count = random.between(options.min_facts, options.max_facts);
  Draft d;
  // A held-out text asks in one form throughout, so that figures can be told apart; training mixes them.
  const bool one_form = options.split == Split::HeldOut, full_text = random.chance(kFullShare);
  const About about_text = any_question(random, kind);
  if (one_form) d.form = form_of(kind, about_text, full_text);
  std::vector<Fact> facts;
  const auto fresh = [&](const Fact& f) {
    for (const Fact& other : facts) {
      if (other.thing == f.thing || other.name == f.name || other.color == f.color || other.place == f.place)
        return false;
    }
    return true;
  };
  const auto key_and_value = [&](const Fact& f) {
    return kind == Kind::Owner   ? say(f.name, f.color, f.thing)
           : kind == Kind::Color ? say(f.thing, f.color)
                                 : say(f.thing, f.preposition, f.place);
  };
  while (static_cast<int>(facts.size()) < count) {
    // Two neighbouring facts are a combination. A single pair such as (hat, red) would not do: with ten
    // colors a model can learn by heart which pairs never come, and then avoids them.
    Fact f;
    const auto propose = [&] {
      do f = any_fact(random, options.lookup_words);
      while (!fresh(f));
      return facts.empty() ? std::string() : say(key_and_value(facts.back()), key_and_value(f));
    };
    if (facts.empty())
      propose();
    else
      d.combinations.push_back(until_split(Skill::Lookup, options.split, propose));
    facts.push_back(f);
  }
  for (const Fact& f : facts) d.marked = say(d.marked, tell(random, kind, f));
  // Facts are asked about with replacement, so that an answer cannot be found by leaving out the earlier
  // ones.
  const int questions = random.between(count, 2 * count);
  for (int i = 0; i < questions; ++i) {
    const About about = one_form ? about_text : any_question(random, kind);
    const bool full = one_form ? full_text : random.chance(kFullShare);
    d.marked = say(d.marked, ask(random.pick(facts), about, full, random.chance(0.5)));
  }
  if (!one_form && random.chance(0.3)) d.marked = say(d.marked, summary(random, facts, kind));
  return d;
}

}  // namespace headscope::drafting
