#pragma once

#include <map>
#include <string>
#include <vector>

#include "training/decoder.h"
#include "training/recipe.h"
#include "training/row_source.h"

namespace headscope {

/// How many answers were predicted right: the most probable token is the answer.
struct Score {
  int right = 0, asked = 0;
  double accuracy() const { return asked > 0 ? static_cast<double>(right) / asked : 0.0; }
};
struct SkillScore {
  Skill skill = Skill::Filler;
  Score all;
  std::map<std::string, Score> by_form;
};

struct EvaluationOptions {
  int texts_per_skill = 100;
  std::uint64_t seed = 20;
  Split split = Split::HeldOut;
  int n_threads = 1;
  AblatedHeads ablated;
};
/// One skill, on the calling thread.
SkillScore evaluate_skill(Skill skill, DecoderParams<float>& params, const WordTokenizer& tokenizer,
                          const EvaluationOptions& options);
/// Every skill on texts of combinations that training never shows, spelled in all ways.
std::vector<SkillScore> evaluate(DecoderParams<float>& params, const WordTokenizer& tokenizer,
                                 const EvaluationOptions& options);

/// What a skill loses without one head (its z set to zero).
struct HeadAblation {
  int layer = 0, head = 0;
  std::vector<double> accuracy;  ///< in the order of kEvaluatedSkills
};
std::vector<HeadAblation> ablate_heads(DecoderParams<float>& params, const WordTokenizer& tokenizer,
                                       EvaluationOptions options);

}  // namespace headscope
