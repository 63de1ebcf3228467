#pragma once

#include <string>
#include <vector>

#include "io/json.h"
#include "training/checkpoint.h"
#include "training/evaluation.h"
#include "training/recipe.h"

namespace headscope {

/// Everything measured on a finished model.
struct Evaluation {
  std::vector<SkillScore> skills;
  std::vector<double> before_ablation;  ///< accuracy per skill on the texts that the ablation uses
  std::vector<HeadAblation> ablations;
  int ablation_texts = 0;
  TrainingTime time;  ///< over all runs
  long n_parameters = 0;
  int n_words = 0;  ///< of the vocabulary, bytes and special tokens included
};

Json evaluation_json(const Recipe& recipe, const Evaluation& evaluation);

/// README.md of the model folder: data, recipe, time, skills, heads by ablation, limits.
std::string model_card(const Recipe& recipe, const Evaluation& evaluation);

}  // namespace headscope
