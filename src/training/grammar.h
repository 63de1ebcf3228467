#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "training/random.h"

/// The texts that `stories` learns from: a grammar whose sentences are rich in what attention is for.
namespace headscope {

/// What a text exercises. The first seven are evaluated; Filler is everyday sentences around them.
enum class Skill { Reference, Giver, Pronoun, Agreement, Repetition, Lookup, Closing, Filler };
inline constexpr std::array kEvaluatedSkills = {Skill::Reference, Skill::Giver,      Skill::Pronoun,
                                                Skill::Agreement, Skill::Repetition, Skill::Lookup,
                                                Skill::Closing};
inline constexpr int kSkillCount = 8;
std::string_view skill_name(Skill skill);

/// Which combinations a text may use: those to learn from, or those kept back to be asked about later.
enum class Split { Training, HeldOut };

/// Whether a combination of words of a skill is kept out of training. About one in ten, by hash, for ever.
bool is_held_out(Skill skill, std::string_view combination);

/// Words divided by single spaces. A word that the skill alone decides begins with '*' (it counts in the
/// skill's accuracy) or '~' (it is decided as well, but a second word would do, so it only counts in the
/// loss).
struct Draft {
  std::string marked;
  std::vector<std::string> combinations;  ///< what the split decided; empty for Filler
  std::string form;                       ///< the variant, for figures per form: "color, short answer"
};

struct DraftOptions {
  Split split = Split::Training;
  int min_facts = 2, max_facts = 5;  ///< of a look-up text
  int lookup_kinds = 3;              ///< of facts: 1 colors only, 2 owners too, 3 places too
  int lookup_words = 0;              ///< a look-up text uses only so many things, names, …; 0: all
};

Draft draft(Skill skill, Random& random, const DraftOptions& options);

/// How a text is spelled.
enum class Spelling {
  Spaced,         ///< the dog was too tired . yes , the dog was tired .
  SpacedCapital,  ///< The dog was too tired . Yes , the dog was tired .
  Natural,        ///< The dog was too tired. Yes, the dog was tired.
};

/// A text to read, and the bytes at which its decided words begin.
struct Text {
  std::string text;
  std::vector<std::size_t> answers;  ///< of '*' words
  std::vector<std::size_t> decided;  ///< of '*' and '~' words
};
Text spell(const Draft& draft, Spelling spelling);

}  // namespace headscope
