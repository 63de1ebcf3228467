#include "training/grammar.h"

#include <gtest/gtest.h>

#include <set>

#include "training/lexicon.h"
#include "training/row_source.h"
#include "training/trainer.h"

namespace headscope {
namespace {

constexpr int kTexts = 1000;

template <class Check>
void for_each_draft(Split split, Check check) {
  for (int s = 0; s < kSkillCount; ++s) {
    for (int i = 0; i < kTexts; ++i) {
      Random random = Random::stream(9, static_cast<std::uint64_t>(s), static_cast<std::uint64_t>(i));
      const auto skill = static_cast<Skill>(s);
      check(skill, draft(skill, random, {split, 1, 5}));
    }
  }
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}
bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Grammar, combinations_of_the_test_never_appear_in_training) {
  std::set<std::string> learnt[kSkillCount], asked[kSkillCount];
  for_each_draft(Split::Training, [&](Skill skill, const Draft& d) {
    learnt[static_cast<int>(skill)].insert(d.combinations.begin(), d.combinations.end());
  });
  for_each_draft(Split::HeldOut, [&](Skill skill, const Draft& d) {
    asked[static_cast<int>(skill)].insert(d.combinations.begin(), d.combinations.end());
  });
  for (Skill skill : kEvaluatedSkills) {
    const int s = static_cast<int>(skill);
    EXPECT_GT(asked[s].size(), 20u) << skill_name(skill);
    for (const std::string& combination : asked[s]) {
      EXPECT_TRUE(is_held_out(skill, combination));
      EXPECT_FALSE(learnt[s].contains(combination)) << skill_name(skill) << ": " << combination;
    }
  }
}

TEST(Grammar, every_word_is_in_the_vocabulary) {
  const auto list = lexicon::vocabulary_words();
  const std::set<std::string> known(list.begin(), list.end());
  EXPECT_EQ(known.size(), list.size());
  EXPECT_GE(known.size(), 600u);
  EXPECT_LE(known.size(), 1500u);
  for_each_draft(Split::Training, [&](Skill, const Draft& d) {
    for (std::string word : words_of(d.marked)) {
      if (word.size() > 1 && (word[0] == '*' || word[0] == '~')) word.erase(0, 1);
      ASSERT_TRUE(known.contains(word)) << '\'' << word << "' in: " << d.marked;
    }
  });
}

TEST(Grammar, every_word_of_the_lists_of_nouns_and_verbs_is_used) {
  std::set<std::string> used;
  for_each_draft(Split::Training, [&](Skill, const Draft& d) {
    for (const std::string& word : words_of(spell(d, Spelling::Spaced).text)) used.insert(word);
  });
  for (const auto& noun : lexicon::kAnimals)
    EXPECT_TRUE(used.contains(noun.one) && used.contains(noun.many)) << noun.one;
  for (const auto& verb : lexicon::kWalkVerbs)
    EXPECT_TRUE(used.contains(verb.base) && used.contains(verb.third) && used.contains(verb.past) &&
                used.contains(verb.ing))
        << verb.base;
}

TEST(Grammar, every_text_of_a_skill_has_an_answer) {
  for_each_draft(Split::HeldOut, [](Skill skill, const Draft& d) {
    const Text text = spell(d, Spelling::Natural);
    if (skill == Skill::Filler) return;
    ASSERT_FALSE(text.answers.empty()) << d.marked;
    ASSERT_GE(text.decided.size(), text.answers.size());
  });
}

TEST(Grammar, a_reference_answers_with_the_noun_that_its_adjective_fits) {
  const std::set<std::string> animal_words(lexicon::kOfAnimals.begin(), lexicon::kOfAnimals.end());
  for (int i = 0; i < kTexts; ++i) {
    Random random(static_cast<std::uint64_t>(i));
    const Draft d = draft(Skill::Reference, random, {});
    const std::string answer = d.marked.substr(
        d.marked.find('*') + 1, d.marked.find(' ', d.marked.find('*')) - d.marked.find('*') - 1);
    // combination: first noun, second noun, adjective
    const auto parts = words_of(d.combinations.at(0));
    ASSERT_EQ(answer, contains(d.form, "the first noun") ? parts[0] : parts[1]) << d.marked;
    if (animal_words.contains(parts[2])) {
      ASSERT_EQ(answer, parts[0]) << d.marked;
    }
  }
}

TEST(Grammar, the_receiver_is_never_the_giver) {
  for (int i = 0; i < kTexts; ++i) {
    Random random(static_cast<std::uint64_t>(i));
    const Draft d = draft(Skill::Giver, random, {});
    const auto names = words_of(d.combinations.at(0));
    ASSERT_EQ(names.size(), 2u);
    ASSERT_NE(names[0], names[1]);
  }
}

TEST(Grammar, verbs_agree_with_the_first_noun) {
  std::set<std::string> plurals, singulars;
  for (const auto* list : {&lexicon::kAnimals, &lexicon::kThings, &lexicon::kFoods, &lexicon::kVehicles}) {
    for (const auto& noun : *list) {
      if (std::string_view(noun.one) == noun.many) continue;
      plurals.insert(noun.many), singulars.insert(noun.one);
    }
  }
  for (int i = 0; i < kTexts; ++i) {
    Random random(static_cast<std::uint64_t>(i));
    const Draft d = draft(Skill::Agreement, random, {});
    const auto words = words_of(d.marked);
    const std::string& noun = words[1];
    const bool is = contains(d.marked, "*is "), are = contains(d.marked, "*are ");
    ASSERT_NE(is, are);
    if (plurals.contains(noun)) {
      ASSERT_TRUE(are) << d.marked;
    }
    if (singulars.contains(noun)) {
      ASSERT_TRUE(is) << d.marked;
    }
  }
}

TEST(Grammar, answers_of_look_ups_stand_in_the_facts) {
  for (int i = 0; i < kTexts; ++i) {
    Random random(static_cast<std::uint64_t>(i));
    const Draft d = draft(Skill::Lookup, random, {Split::Training, 1, 5});
    const std::string facts = d.marked.substr(0, d.marked.find(" ?"));
    for (const std::string& word : words_of(d.marked)) {
      if (word[0] == '*') {
        ASSERT_TRUE(contains(facts, word.substr(1))) << d.marked;
      }
    }
  }
}

TEST(Grammar, quotes_and_brackets_close_in_order) {
  for (int i = 0; i < kTexts; ++i) {
    Random random(static_cast<std::uint64_t>(i));
    const Draft d = draft(Skill::Closing, random, {});
    std::string open;
    for (const std::string& word : words_of(d.marked)) {
      const char sign = word.back();
      if (word == "(" || word == "[" || word == "\"")
        open += sign;
      else if (word[0] == '*') {
        ASSERT_FALSE(open.empty());
        ASSERT_EQ(sign, open.back() == '(' ? ')' : open.back() == '[' ? ']' : '"') << d.marked;
        open.pop_back();
      }
    }
    ASSERT_TRUE(open.empty()) << d.marked;
  }
}

TEST(Grammar, spellings_say_the_same_in_three_ways) {
  const Draft d{"Tom said , \" the dog is ( very ) *tired . \" yes , it ~is .", {}, ""};
  const Text spaced = spell(d, Spelling::Spaced), capital = spell(d, Spelling::SpacedCapital),
             natural = spell(d, Spelling::Natural);
  EXPECT_EQ(spaced.text, "Tom said , \" the dog is ( very ) tired . \" yes , it is .");
  EXPECT_EQ(capital.text, "Tom said , \" The dog is ( very ) tired . \" Yes , it is .");
  EXPECT_EQ(natural.text, "Tom said, \"The dog is (very) tired.\" Yes, it is.");
  for (const Text& text : {spaced, capital, natural}) {
    ASSERT_EQ(text.answers.size(), 1u);
    ASSERT_EQ(text.decided.size(), 2u);
    EXPECT_EQ(text.text.substr(text.answers[0], 5), "tired");
    EXPECT_EQ(text.text.substr(text.decided[1], 2), "is");
  }
}

TEST(Grammar, answers_are_found_again_among_the_tokens) {
  const auto tokenizer = lexicon_tokenizer();
  for_each_draft(Split::Training, [&](Skill, const Draft& d) {
    const Text text = spell(d, Spelling::Natural);
    const EncodedText encoded = encode_text(*tokenizer, text);
    for (std::size_t i = 0; i < text.answers.size(); ++i) {
      const std::string_view name =
          tokenizer->token_name(encoded.ids[static_cast<std::size_t>(encoded.answers[i])]);
      const bool is_byte = name.starts_with("<0x");
      ASSERT_TRUE(is_byte || text.text.substr(text.answers[i], name.size()) == name)
          << name << " in " << text.text;
    }
  });
}

}  // namespace
}  // namespace headscope
