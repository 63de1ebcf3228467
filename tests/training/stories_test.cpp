#include <gtest/gtest.h>

#include "base/paths.h"
#include "io/json.h"
#include "models/model.h"
#include "training/evaluation.h"
#include "training/model_folder.h"

/// The built-in model as it ships, on combinations that its training never showed.
namespace headscope {
namespace {

// Sanitizers look for faults in the code, and are slow; the figures are for the other builds.
#ifdef __SANITIZE_ADDRESS__
constexpr int kTextsPerSkill = 40;
#else
constexpr int kTextsPerSkill = 200;
#endif

const std::filesystem::path kFolder = assets_dir() / "models" / "stories";

class Stories : public testing::Test {
 protected:
  void SetUp() override {
    auto read = read_model_folder(kFolder);
    ASSERT_TRUE(read.ok()) << read.error().message;
    model_ = std::make_unique<TrainedModel>(std::move(*read));
  }
  SkillScore score(Skill skill, const AblatedHeads& ablated = {}) {
    return evaluate_skill(skill, model_->params, *model_->tokenizer,
                          {.texts_per_skill = kTextsPerSkill, .seed = 5, .ablated = ablated});
  }
  std::unique_ptr<TrainedModel> model_;
};

TEST_F(Stories, the_shipped_model_has_its_skills) {
  EXPECT_GE(score(Skill::Reference).all.accuracy(), 0.95);
  EXPECT_GE(score(Skill::Giver).all.accuracy(), 0.95);
  EXPECT_GE(score(Skill::Pronoun).all.accuracy(), 0.95);
  EXPECT_GE(score(Skill::Agreement).all.accuracy(), 0.97);
  EXPECT_GE(score(Skill::Repetition).all.accuracy(), 0.90);
  EXPECT_GE(score(Skill::Closing).all.accuracy(), 0.95);
}

TEST_F(Stories, the_shipped_model_answers_every_form_of_question) {
  const SkillScore lookup = score(Skill::Lookup);
  EXPECT_GE(lookup.all.accuracy(), 0.90);
  EXPECT_GE(lookup.by_form.size(), 9u) << "few texts need not ask all ten";
  for (const auto& [form, s] : lookup.by_form) EXPECT_GE(s.accuracy(), 0.80) << form;
}

TEST_F(Stories, one_head_carries_the_reference_of_it) {
  const auto evaluation = read_json(kFolder / "evaluation.json");
  ASSERT_TRUE(evaluation.ok());
  std::string head;
  double lowest = 1;
  for (const auto& [name, skills] : (*evaluation)["ablation"]["without"].items()) {
    if (skills["reference"].get<double>() < lowest) lowest = skills["reference"].get<double>(), head = name;
  }
  ASSERT_EQ(head.size(), 3u) << "a name like 2.5";
  const double before = score(Skill::Reference).all.accuracy();
  const double after = score(Skill::Reference, {{head[0] - '0', head[2] - '0'}}).all.accuracy();
  EXPECT_GE(before - after, 0.25) << "without head " << head;
}

TEST_F(Stories, the_engine_predicts_what_training_predicts) {
  const auto loaded = load_model("stories");
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const std::string text = "the dog did not cross the street because it was too tired . the";
  const auto trace = (*loaded)->trace(text, {});
  ASSERT_TRUE(trace.ok()) << trace.error().message;
  TokenBatch<float> batch{1, 0, {}, {}, {}};
  for (const Token& token : model_->tokenizer->encode(text)) batch.inputs.push_back(token.id);
  batch.n_tokens = static_cast<int>(batch.inputs.size());
  Decoder<float> decoder(model_->params.shape());
  decoder.forward(model_->params, batch);
  Eigen::Index best = 0;
  decoder.logits().row(batch.n_tokens - 1).maxCoeff(&best);
  EXPECT_EQ(model_->tokenizer->token_name(static_cast<TokenId>(best)), "dog");
  for (int layer = 0; layer < model_->params.shape().n_layers; ++layer) {
    for (int head = 0; head < model_->params.shape().n_heads; ++head) {
      const Matrix ours = decoder.attention(layer).weights(0, head);
      const Matrix theirs = (*trace)->layers[static_cast<std::size_t>(layer)]->weights(head);
      EXPECT_LT((ours - theirs).cwiseAbs().maxCoeff(), 1e-4f) << layer << '.' << head;
    }
  }
}

}  // namespace
}  // namespace headscope
