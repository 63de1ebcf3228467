#include "training/train.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <thread>

#include "base/hash.h"
#include "io/atomic_write.h"
#include "io/json.h"
#include "training/checkpoint.h"
#include "training/model_card.h"
#include "training/model_folder.h"
#include "training/trainer.h"

namespace headscope {
namespace fs = std::filesystem;

namespace {

using Clock = std::chrono::steady_clock;
/// Counts from its making; `before` was spent by earlier runs.
class Stopwatch {
 public:
  explicit Stopwatch(TrainingTime before = {}) : before_(before) {}
  TrainingTime read() const {
    return {before_.elapsed + std::chrono::duration<double>(Clock::now() - start_).count(),
            before_.processor + static_cast<double>(std::clock() - processor_start_) / CLOCKS_PER_SEC};
  }

 private:
  TrainingTime before_;
  Clock::time_point start_ = Clock::now();
  std::clock_t processor_start_ = std::clock();
};

/// One training: the recipe, where it writes, and who listens.
struct Session {
  Recipe recipe;
  std::string recipe_text;
  fs::path out_dir;
  TrainOptions options;
  std::unique_ptr<WordTokenizer> tokenizer = lexicon_tokenizer();
  std::uint64_t fingerprint = 0;
  TrainProgress progress;
  TrainingTime time;  ///< spent, over all runs

  fs::path checkpoint() const { return out_dir / "checkpoint.safetensors"; }
  void report(const char* phase) {
    progress.phase = phase;
    if (options.on_progress) options.on_progress(progress);
  }
};

Result<Session> open_session(const fs::path& recipe_path, const fs::path& out_dir,
                             const TrainOptions& options) {
  auto json = read_json(recipe_path);
  if (!json) return json.error();
  Session session;
  session.recipe_text = json_text(*json) + "\n";
  auto recipe = parse_recipe(session.recipe_text, recipe_path.filename().string());
  if (!recipe) return recipe.error();
  session.recipe = std::move(*recipe);
  session.recipe.shape.vocab_size = session.tokenizer->vocab_size();
  session.out_dir = out_dir;
  session.options = options;
  if (session.options.n_threads <= 0) {
    session.options.n_threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }
  session.fingerprint = Hasher().add(session.recipe_text).add(session.tokenizer->to_json()).value();
  session.progress.steps = session.recipe.steps;
  std::error_code error;
  fs::create_directories(out_dir, error);
  if (error)
    return Error{ErrorCode::Io, "cannot make the folder '" + out_dir.string() + "': " + error.message(),
                 "Choose another folder"};
  return session;
}

Status run_steps(Session& session, Trainer& trainer) {
  const Recipe& recipe = session.recipe;
  const Stopwatch whole(session.time), here;
  const int first_step = trainer.state().step;
  const auto save = [&] {
    return save_checkpoint(session.checkpoint(), trainer.state(), {session.fingerprint, whole.read()});
  };
  double loss = 0, reported = 0;
  int steps = 0;
  while (trainer.state().step < recipe.steps) {
    if (session.options.stop.stop_requested()) {
      if (Status s = save(); !s) return s;
      return Error{ErrorCode::Cancelled,
                   "training stopped after step " + std::to_string(trainer.state().step) + " of " +
                       std::to_string(recipe.steps),
                   "The same command continues from here"};
    }
    loss += trainer.step();
    ++steps;
    const int step = trainer.state().step;
    if (step % recipe.checkpoint_every == 0 || step == recipe.steps) {
      if (Status s = save(); !s) return s;
    }
    const double seconds = here.read().elapsed;
    session.progress.step = step;
    session.progress.loss = loss / steps;
    session.progress.tokens_per_second =
        (step - first_step) * static_cast<double>(recipe.tokens_per_step) / seconds;
    session.progress.seconds_left = seconds / (step - first_step) * (recipe.steps - step);
    if (step % recipe.report_every == 0) {
      session.progress.skills =
          evaluate(trainer.state().params, *session.tokenizer,
                   {.texts_per_skill = recipe.report_texts, .n_threads = session.options.n_threads});
      session.report("training");
      loss = 0, steps = 0;
    } else if (seconds - reported > 1) {
      reported = seconds;
      session.report("training");
    }
  }
  session.time = whole.read();
  return {};
}

/// A training that was killed while it wrote a checkpoint leaves a hidden file beside it.
void remove_half_written(const fs::path& checkpoint) {
  std::error_code error;
  const std::string hidden = "." + checkpoint.filename().string() + ".";
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(checkpoint.parent_path(), error)) {
    if (entry.path().filename().string().starts_with(hidden)) left.push_back(entry.path());
  }
  for (const fs::path& path : left) fs::remove(path, error);
}

/// Writes the folder, then measures what was written: half precision included.
Status finish(Session& session, Trainer& trainer) {
  if (Status s = write_model_folder(session.out_dir, trainer.state().params, *session.tokenizer); !s)
    return s;
  auto model = read_model_folder(session.out_dir);
  if (!model) return model.error();
  EvaluationOptions options{.texts_per_skill = session.recipe.final_texts,
                            .n_threads = session.options.n_threads};
  session.report("evaluating");
  Evaluation evaluation;
  evaluation.skills = evaluate(model->params, *model->tokenizer, options);
  session.progress.skills = evaluation.skills;
  session.report("ablating heads");
  options.texts_per_skill = std::max(1, session.recipe.final_texts / 4);
  evaluation.ablation_texts = options.texts_per_skill;
  for (const SkillScore& score : evaluate(model->params, *model->tokenizer, options)) {
    evaluation.before_ablation.push_back(score.all.accuracy());
  }
  evaluation.ablations = ablate_heads(model->params, *model->tokenizer, options);
  evaluation.time = session.time;
  evaluation.n_parameters = model->params.values().size();
  evaluation.n_words = session.tokenizer->vocab_size();
  const Json json = evaluation_json(session.recipe, evaluation);
  if (Status s = write_file_atomically(session.out_dir / "evaluation.json", json_text(json) + "\n"); !s)
    return s;
  if (Status s = write_file_atomically(session.out_dir / "README.md", model_card(session.recipe, evaluation));
      !s)
    return s;
  const fs::path copy = session.out_dir / "recipe.json";
  std::error_code error;
  if (!fs::exists(copy, error)) {
    if (Status s = write_file_atomically(copy, session.recipe_text); !s) return s;
  }
  fs::remove(session.checkpoint(), error);
  remove_half_written(session.checkpoint());
  return {};
}

}  // namespace

Status train(const fs::path& recipe, const fs::path& out_dir, const TrainOptions& options) {
  auto session = open_session(recipe, out_dir, options);
  if (!session) return session.error();
  Trainer trainer(session->recipe, *session->tokenizer, session->options.n_threads);
  std::error_code error;
  if (fs::exists(session->checkpoint(), error)) {
    const auto info = load_checkpoint(session->checkpoint(), session->fingerprint, trainer.state());
    if (!info) return info.error();
    session->time = info->time;
  }
  if (Status s = run_steps(*session, trainer); !s) return s;
  return finish(*session, trainer);
}

std::string progress_line(const TrainProgress& p) {
  char text[160];
  std::string line;
  if (p.phase == "training") {
    std::snprintf(text, sizeof text, "step %d of %d · loss %.3f · %.1fk tokens/s · %d:%02d left", p.step,
                  p.steps, p.loss, p.tokens_per_second / 1000, static_cast<int>(p.seconds_left) / 60,
                  static_cast<int>(p.seconds_left) % 60);
    line = text;
  } else {
    line = p.phase;
  }
  for (const SkillScore& score : p.skills) {
    std::snprintf(text, sizeof text, " · %s %.0f %%", std::string(skill_name(score.skill)).c_str(),
                  100 * score.all.accuracy());
    line += text;
  }
  return line;
}

}  // namespace headscope
