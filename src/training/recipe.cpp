#include "training/recipe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "io/json.h"

namespace headscope {

const CurriculumStage& Recipe::stage_at(int step) const {
  const CurriculumStage* current = &curriculum.front();
  for (const CurriculumStage& stage : curriculum) {
    if (step >= stage.from * steps) current = &stage;
  }
  return *current;
}

double Recipe::learning_rate_at(int step) const {
  if (step < warmup_steps) return learning_rate * (step + 1) / warmup_steps;
  const double done = static_cast<double>(step - warmup_steps) / std::max(1, steps - warmup_steps);
  return final_learning_rate +
         (learning_rate - final_learning_rate) * 0.5 * (1 + std::cos(std::numbers::pi * done));
}

namespace {

Result<CurriculumStage> parse_stage(const Json& json, const std::string& where) {
  CurriculumStage stage;
  JsonFields fields(json, where);
  stage.from = fields.number("from", 0, 1);
  stage.min_facts = static_cast<int>(fields.integer("min_facts", 1, 9));
  stage.max_facts = static_cast<int>(fields.integer("max_facts", stage.min_facts, 9));
  stage.lookup_kinds = static_cast<int>(fields.integer("lookup_kinds", 1, 3, 3));
  stage.lookup_words = static_cast<int>(fields.integer("lookup_words", 0, 1000, 0));
  const Json& shares = fields.child("shares");
  JsonFields share(shares, where + ", 'shares'");
  double sum = 0;
  for (int s = 0; s < kSkillCount; ++s) {
    const double value = share.number(skill_name(static_cast<Skill>(s)), 0, 1000, 0.0);
    stage.shares[static_cast<std::size_t>(s)] = value;
    sum += value;
  }
  if (!fields.status()) return fields.status().error();
  if (!share.status()) return share.status().error();
  if (sum <= 0)
    return Error{ErrorCode::Corrupt, where + ": no skill has a share",
                 "Give one of 'shares' a number above 0"};
  return stage;
}

Result<Recipe> recipe_from(const Json& json, const std::string& where) {
  Recipe r;
  JsonFields f(json, where);
  const auto whole = [](JsonFields& fields, const char* key, int low, int high) {
    return static_cast<int>(fields.integer(key, low, high));
  };
  r.name = f.string("name");
  r.summary = f.string("summary", "");
  r.seed = static_cast<std::uint64_t>(f.integer("seed", 0, 1'000'000'000));
  JsonFields model(f.child("model"), where + ", 'model'");
  r.shape.d_model = whole(model, "d_model", 2, 4096);
  r.shape.n_layers = whole(model, "n_layers", 1, 64);
  r.shape.n_heads = whole(model, "n_heads", 1, 64);
  r.shape.d_ff = whole(model, "d_ff", 1, 16384);
  r.shape.max_tokens = whole(model, "max_tokens", 8, 8192);
  r.shape.rope_theta = model.number("rope_theta", 1, 1e9, 10000.0);
  r.shape.norm_eps = model.number("norm_eps", 1e-12, 1, 1e-5);
  r.init_std = model.number("init_std", 1e-6, 1);
  JsonFields train(f.child("training"), where + ", 'training'");
  r.steps = whole(train, "steps", 1, 10'000'000);
  r.tokens_per_step = whole(train, "tokens_per_step", 8, 10'000'000);
  r.learning_rate = train.number("learning_rate", 0, 1);
  r.final_learning_rate = train.number("final_learning_rate", 0, 1);
  r.warmup_steps = whole(train, "warmup_steps", 0, 1'000'000);
  r.beta1 = train.number("beta1", 0, 0.9999);
  r.beta2 = train.number("beta2", 0, 0.99999);
  r.epsilon = train.number("epsilon", 1e-16, 1, 1e-8);
  r.weight_decay = train.number("weight_decay", 0, 10);
  r.clip_norm = train.number("clip_norm", 1e-6, 1e6);
  r.checkpoint_every = whole(train, "checkpoint_every", 1, 1'000'000);
  r.report_every = whole(train, "report_every", 1, 1'000'000);
  r.report_texts = whole(train, "report_texts", 1, 100'000);
  r.final_texts = whole(train, "final_texts", 1, 100'000);
  for (const Json& length : train.child("lengths")) {
    if (length.is_number_integer() && length > 1 && length <= r.shape.max_tokens)
      r.lengths.push_back(length);
    else
      return Error{ErrorCode::Corrupt, where + ": a length in 'lengths' is not a number from 2 to max_tokens",
                   "Correct it"};
  }
  JsonFields texts(f.child("texts"), where + ", 'texts'");
  r.decided_weight = texts.number("decided_weight", 0, 1000);
  r.natural_share = texts.number("natural_share", 0, 1);
  r.capital_share = texts.number("capital_share", 0, 1);
  r.newline_share = texts.number("newline_share", 0, 1);
  for (const JsonFields* fields : {&f, &model, &train, &texts}) {
    if (!fields->status()) return fields->status().error();
  }
  for (const Json& stage : texts.child("curriculum")) {
    auto parsed = parse_stage(stage, where + ", 'curriculum'");
    if (!parsed) return parsed.error();
    r.curriculum.push_back(*parsed);
  }
  if (r.lengths.empty() || r.curriculum.empty() || r.curriculum.front().from != 0 ||
      r.shape.d_model % (2 * r.shape.n_heads) != 0) {
    return Error{ErrorCode::Corrupt,
                 where +
                     ": 'lengths' and 'curriculum' (the first from 0) must not be empty, and d_model "
                     "must be an even multiple of n_heads",
                 "See assets/models/stories/recipe.json"};
  }
  return r;
}

}  // namespace

Result<Recipe> parse_recipe(std::string_view json, const std::string& name) {
  auto parsed = parse_json(json, name);
  if (!parsed) return parsed.error();
  return recipe_from(*parsed, name);
}

Result<Recipe> read_recipe(const std::filesystem::path& path) {
  auto json = read_json(path);
  if (!json) return json.error();
  return recipe_from(*json, path.filename().string());
}

}  // namespace headscope
