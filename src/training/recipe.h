#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "training/decoder_params.h"
#include "training/grammar.h"

namespace headscope {

/// What the texts are made of, from some point of the training on.
struct CurriculumStage {
  double from = 0;                           ///< fraction of all steps
  std::array<double, kSkillCount> shares{};  ///< of texts, per skill, in the order of `Skill`; any sum
  int min_facts = 2, max_facts = 5;          ///< of a look-up text
  int lookup_kinds = 3, lookup_words = 0;    ///< as in DraftOptions
};

/// Everything that decides the weights: the same recipe gives the same weights on the same machine.
struct Recipe {
  std::string name, summary;
  std::uint64_t seed = 1;
  DecoderShape shape;  ///< vocab_size comes from the lexicon
  double init_std = 0.05;

  int steps = 0, tokens_per_step = 0;
  std::vector<int> lengths;  ///< tokens of a row; every step draws one
  double learning_rate = 0, final_learning_rate = 0;
  int warmup_steps = 0;
  double beta1 = 0.9, beta2 = 0.98, epsilon = 1e-8, weight_decay = 0, clip_norm = 1;

  double decided_weight = 1;  ///< how much a word that a skill decides counts; other words count 1
  double natural_share = 0, capital_share = 0;  ///< of texts, per spelling; the rest is Spelling::Spaced
  double newline_share = 0;                     ///< of texts that begin on a new line
  std::vector<CurriculumStage> curriculum;      ///< by rising `from`; the first begins at 0

  int checkpoint_every = 0, report_every = 0;  ///< steps
  int report_texts = 0, final_texts = 0;       ///< held-out texts per skill, while training and at the end

  const CurriculumStage& stage_at(int step) const;
  /// Warm-up in a line, then half a cosine down to `final_learning_rate`.
  double learning_rate_at(int step) const;
};

/// Errors: as read_json; Corrupt, a sentence that names the field.
Result<Recipe> read_recipe(const std::filesystem::path& path);
Result<Recipe> parse_recipe(std::string_view json, const std::string& name);

}  // namespace headscope
