#include <gtest/gtest.h>

#include "base/paths.h"
#include "training/evaluation.h"
#include "training/model_folder.h"

/// The built-in model as it ships, on combinations that its training never showed.
namespace headscope {
namespace {

std::vector<SkillScore> scores() {
  auto model = read_model_folder(assets_dir() / "models" / "stories");
  EXPECT_TRUE(model.ok()) << (model.ok() ? "" : model.error().message);
  if (!model.ok()) return {};
  return evaluate(model->params, *model->tokenizer, {.texts_per_skill = 200, .seed = 5, .n_threads = 2});
}

TEST(Stories, the_shipped_model_has_its_skills) {
  const auto all = scores();
  ASSERT_EQ(all.size(), kEvaluatedSkills.size());
  const auto accuracy = [&](Skill skill) {
    for (const SkillScore& score : all) {
      if (score.skill == skill) return score.all.accuracy();
    }
    return 0.0;
  };
  EXPECT_GE(accuracy(Skill::Reference), 0.95);
  EXPECT_GE(accuracy(Skill::Giver), 0.95);
  EXPECT_GE(accuracy(Skill::Pronoun), 0.95);
  EXPECT_GE(accuracy(Skill::Agreement), 0.97);
  EXPECT_GE(accuracy(Skill::Repetition), 0.90);
  EXPECT_GE(accuracy(Skill::Closing), 0.95);
}

/// Look-up questions are answered in some forms; the model card has the figure of each.
TEST(Stories, the_shipped_model_says_where_things_are) {
  Score where;
  for (const SkillScore& score : scores()) {
    if (score.skill != Skill::Lookup) continue;
    for (const auto& [form, s] : score.by_form) {
      if (form.find("where ?") == std::string::npos) continue;
      where.right += s.right, where.asked += s.asked;
    }
  }
  EXPECT_GT(where.asked, 100);
  EXPECT_GE(where.accuracy(), 0.85);
}

TEST(Stories, one_head_carries_the_reference_of_it) {
  auto model = read_model_folder(assets_dir() / "models" / "stories");
  ASSERT_TRUE(model.ok());
  EvaluationOptions options{.texts_per_skill = 40, .seed = 5, .n_threads = 2};
  const double before = evaluate(model->params, *model->tokenizer, options)[0].all.accuracy();
  double worst = 1;
  for (int layer = 0; layer < model->params.shape().n_layers; ++layer) {
    for (int head = 0; head < model->params.shape().n_heads; ++head) {
      options.ablated = {{layer, head}};
      worst = std::min(
          worst, evaluate_skill(Skill::Reference, model->params, *model->tokenizer, options).all.accuracy());
    }
  }
  EXPECT_GE(before - worst, 0.30);
}

}  // namespace
}  // namespace headscope
