#include <array>

#include "training/drafting.h"

/// Facts, then questions whose answers lie in them.
namespace headscope::drafting {

namespace {

struct Fact {
  std::string name, color, thing, place, preposition;
};
enum class Kind { Owner, Color, Place };

std::string tell(Random& random, Kind kind, const Fact& f) {
  switch (kind) {
    case Kind::Owner:
      return say(f.name, random.chance(0.7) ? "has" : "had", "a", f.color, f.thing, ".");
    case Kind::Color:
      return random.chance(0.5) ? say("the", f.thing, "is", f.color, ".")
                                : say(random.chance(0.5) ? "there" : "here", "is a", f.color, f.thing, ".");
    case Kind::Place:
      return say("the", f.thing, "is", f.preposition, "the", f.place, ".");
  }
  return "";
}

/// A question about one fact, and its answer: short ("? red ."), or in full ("? the hat is red .").
std::string ask(const Fact& f, Kind kind, bool about_owner, bool full, bool with_color) {
  if (kind == Kind::Place) {
    return full ? say("where is the", f.thing, "? the", decided(f.thing), "is", decided(f.preposition), "the",
                      answer(f.place), ".")
                : say("where is the", f.thing, "?", decided(f.preposition), "the", answer(f.place), ".");
  }
  if (about_owner) {
    const std::string question = say("who has the", f.thing, "?", answer(f.name));
    const std::string thing = with_color ? say(decided(f.color), decided(f.thing)) : decided(f.thing);
    return full ? say(question, "has the", thing, ".") : say(question, ".");
  }
  return full ? say("what color is the", f.thing, "? the", decided(f.thing), "is", answer(f.color), ".")
              : say("what color is the", f.thing, "?", answer(f.color), ".");
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

std::string form_of(Kind kind, bool about_owner, bool full) {
  const char* fact = kind == Kind::Owner   ? "Tom has a red hat"
                     : kind == Kind::Color ? "the hat is red"
                                           : "the hat is in the box";
  const char* question = kind == Kind::Place ? (full ? "where ? the hat is in the box" : "where ? in the box")
                         : about_owner       ? (full ? "who ? Tom has the hat" : "who ? Tom")
                                             : (full ? "what color ? the hat is red" : "what color ? red");
  return std::string(fact) + " . " + question;
}

/// Short answers are more frequent, so that the word after "?" is decided.
constexpr double kFullShare = 0.35;

}  // namespace

Draft lookup(Random& random, const DraftOptions& options) {
  const Kind kind = static_cast<Kind>(random.below(3));
  const int count = random.between(options.min_facts, options.max_facts);
  static const std::array<Word, 4> kWhere = {"in", "on", "under", "behind"};
  Draft d;
  // A held-out text asks in one form throughout, so that figures can be told apart; training mixes them.
  const bool about_owner = kind == Kind::Owner && random.chance(0.5), full = random.chance(kFullShare);
  const bool one_form = options.split == Split::HeldOut;
  d.form = one_form ? form_of(kind, about_owner, full) : "";
  std::vector<Fact> facts;
  const auto fresh = [&](const Fact& f) {
    for (const Fact& other : facts) {
      if (other.thing == f.thing || other.name == f.name || other.color == f.color || other.place == f.place)
        return false;
    }
    return true;
  };
  while (static_cast<int>(facts.size()) < count) {
    // The pair that a question asks about is the combination: (color, thing), (name, thing), (thing, place).
    Fact f;
    std::vector<std::string> pairs;
    const auto wanted = [&] {
      for (const std::string& pair : pairs) {
        if (is_held_out(Skill::Lookup, pair) != (options.split == Split::HeldOut)) return false;
      }
      return fresh(f);
    };
    do {
      f = {
          any_name(random).name, random.pick(lexicon::kColors),
          random.chance(0.8) ? random.pick(lexicon::kThings).one : random.pick(lexicon::kVehicles).one,
          random.chance(0.5) ? random.pick(lexicon::kPlaces).noun.one : random.pick(lexicon::kContainers).one,
          random.pick(kWhere)};
      if (kind == Kind::Owner) pairs = {say(f.color, f.thing), say(f.name, f.thing)};
      if (kind == Kind::Color) pairs = {say(f.color, f.thing)};
      if (kind == Kind::Place) pairs = {say(f.thing, "in", f.place)};
    } while (!wanted());
    facts.push_back(f);
    d.combinations.insert(d.combinations.end(), pairs.begin(), pairs.end());
  }
  for (const Fact& f : facts) d.marked = say(d.marked, tell(random, kind, f));
  // Facts are asked about with replacement, so that an answer cannot be found by leaving out the earlier
  // ones.
  const int questions = random.between(2, count + 2);
  for (int i = 0; i < questions; ++i) {
    const bool owner = one_form ? about_owner : kind == Kind::Owner && random.chance(0.5);
    const bool in_full = one_form ? full : random.chance(kFullShare);
    d.marked = say(d.marked, ask(random.pick(facts), kind, owner, in_full, random.chance(0.5)));
  }
  if (!one_form && random.chance(0.3)) d.marked = say(d.marked, summary(random, facts, kind));
  return d;
}

}  // namespace headscope::drafting
