#pragma once

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "training/evaluation.h"

namespace headscope {

/// How far a training is.
struct TrainProgress {
  int step = 0, steps = 0;
  double loss = 0;  ///< mean of the steps since the last report
  double tokens_per_second = 0, seconds_left = 0;
  std::vector<SkillScore> skills;  ///< the latest evaluation; empty before the first
  std::string phase;               ///< "training", "evaluating", "ablating heads"
};
/// One line: "step 1200 of 3000 · loss 1.32 · 36k tokens/s · 6 min left · reference 97 % · …".
std::string progress_line(const TrainProgress& progress);

struct TrainOptions {
  std::stop_token stop;
  std::function<void(const TrainProgress&)> on_progress;  ///< on the calling thread, about once a second
  int n_threads = 0;                                      ///< 0: one for every core
};

/// Makes the model of a recipe in `out_dir`: config.json, model.safetensors, tokenizer.json, recipe.json,
/// evaluation.json (every figure) and README.md (the model card, from those figures).
///
/// checkpoint.safetensors in `out_dir` is written now and then and when stopped; the same call continues from
/// it and ends with the same weights as if it had never stopped. It is removed at the end. Errors: as
/// read_recipe and load_checkpoint; Io; Cancelled when stopped.
Status train(const std::filesystem::path& recipe, const std::filesystem::path& out_dir,
             const TrainOptions& options);

}  // namespace headscope
