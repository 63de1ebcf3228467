#include "training/train.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "io/atomic_write.h"
#include "training/checkpoint.h"
#include "training/model_folder.h"
#include "training/trainer.h"

namespace headscope {
namespace {
namespace fs = std::filesystem;

constexpr const char* kTinyRecipe = R"({
  "name": "tiny", "seed": 3,
  "model": {"d_model": 16, "n_layers": 1, "n_heads": 2, "d_ff": 16, "max_tokens": 128, "init_std": 0.1},
  "training": {"steps": 12, "tokens_per_step": 96, "lengths": [8, 12], "learning_rate": 0.01, "final_learning_rate": 0.001,
    "warmup_steps": 2, "beta1": 0.9, "beta2": 0.98, "weight_decay": 0.01, "clip_norm": 1, "checkpoint_every": 4,
    "report_every": 3, "report_texts": 1, "final_texts": 2},
  "texts": {"decided_weight": 3, "natural_share": 0.3, "capital_share": 0.1, "newline_share": 0.2, "curriculum": [
    {"from": 0, "min_facts": 1, "max_facts": 2, "shares": {"reference": 1, "lookup": 1}},
    {"from": 0.5, "min_facts": 2, "max_facts": 3, "shares": {"reference": 1, "giver": 1, "filler": 2}}]}
})";

class Train : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("headscope_train_test_" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    ASSERT_TRUE(write_file_atomically(recipe(), kTinyRecipe).ok());
  }
  void TearDown() override { fs::remove_all(folder_); }
  fs::path recipe() const { return folder_ / "recipe.json"; }
  fs::path out(const char* name) const { return folder_ / name; }
  static std::string bytes(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  fs::path folder_;
};

Recipe tiny_recipe(const WordTokenizer& tokenizer) {
  auto parsed = parse_recipe(kTinyRecipe, "tiny");
  EXPECT_TRUE(parsed.ok());
  parsed->shape.vocab_size = tokenizer.vocab_size();
  return *parsed;
}

TEST_F(Train, the_same_seed_gives_the_same_weights_on_any_number_of_threads) {
  const auto tokenizer = lexicon_tokenizer();
  const Recipe recipe = tiny_recipe(*tokenizer);
  Trainer one(recipe, *tokenizer, 1), three(recipe, *tokenizer, 3);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(one.step(), three.step());
  EXPECT_TRUE((one.state().params.values() == three.state().params.values()).all());
  Recipe other_seed = recipe;
  other_seed.seed = 4;
  Trainer other(other_seed, *tokenizer, 1);
  other.step();
  EXPECT_FALSE((one.state().params.values() == other.state().params.values()).all());
}

TEST_F(Train, a_tiny_model_learns_its_only_sentence_by_heart) {
  const DecoderShape shape{
      .vocab_size = 11, .d_model = 16, .n_layers = 2, .n_heads = 2, .d_ff = 16, .max_tokens = 16};
  Recipe recipe;
  recipe.steps = 150, recipe.learning_rate = 0.02, recipe.final_learning_rate = 0.002;
  TrainingState state(shape);
  state.params.initialise(0.1, Random(1));
  TokenBatch<float> batch{1, 8, {0, 3, 1, 4, 1, 5, 9, 2}, {3, 1, 4, 1, 5, 9, 2, 6}, std::vector<float>(8, 1)};
  Decoder<float> decoder(shape);
  const Eigen::ArrayXf decays = state.params.decay_mask();
  double loss = 0;
  while (state.step < recipe.steps) {
    DecoderParams<float> gradient(shape);
    decoder.forward(state.params, batch);
    loss = decoder.backward(state.params, batch, gradient) / 8;
    gradient.values() /= 8;
    adamw_step(recipe, decays, gradient, state, 1);
  }
  EXPECT_LT(loss, 0.02);
}

TEST_F(Train, training_that_was_stopped_ends_with_the_weights_of_one_that_was_not) {
  ASSERT_TRUE(train(recipe(), out("whole"), {.n_threads = 2}).ok());
  for (int stop_after : {0, 3, 6, 9}) {  // a report comes every third step
    std::stop_source stop;
    if (stop_after == 0) stop.request_stop();
    TrainOptions options{.stop = stop.get_token(), .n_threads = 2};
    options.on_progress = [&](const TrainProgress& progress) {
      if (progress.step >= stop_after) stop.request_stop();
    };
    const Status stopped = train(recipe(), out("parts"), options);
    ASSERT_FALSE(stopped.ok()) << stop_after;
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
    EXPECT_TRUE(fs::exists(out("parts") / "checkpoint.safetensors"));
  }
  ASSERT_TRUE(train(recipe(), out("parts"), {.n_threads = 1}).ok());
  EXPECT_EQ(bytes(out("whole") / "model.safetensors"), bytes(out("parts") / "model.safetensors"));
  EXPECT_FALSE(bytes(out("whole") / "model.safetensors").empty());
  EXPECT_FALSE(fs::exists(out("parts") / "checkpoint.safetensors"));
}

TEST_F(Train, a_checkpoint_holds_the_whole_state) {
  const auto tokenizer = lexicon_tokenizer();
  const Recipe recipe = tiny_recipe(*tokenizer);
  Trainer whole(recipe, *tokenizer, 1), first(recipe, *tokenizer, 1), second(recipe, *tokenizer, 1);
  for (int i = 0; i < 7; ++i) whole.step();
  for (int i = 0; i < 3; ++i) first.step();
  ASSERT_TRUE(save_checkpoint(out("c"), first.state(), {42, {1.5, 2.5}}).ok());
  EXPECT_EQ(load_checkpoint(out("c"), 43, second.state()).error().code, ErrorCode::InvalidArgument);
  const auto info = load_checkpoint(out("c"), 42, second.state());
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->time.elapsed, 1.5);
  EXPECT_EQ(info->time.processor, 2.5);
  while (second.state().step < 7) second.step();
  EXPECT_TRUE((whole.state().params.values() == second.state().params.values()).all());
}

TEST_F(Train, the_folder_it_writes_holds_the_weights_in_half_precision) {
  ASSERT_TRUE(train(recipe(), out("whole"), {.n_threads = 2}).ok());
  const auto model = read_model_folder(out("whole"));
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_EQ(model->params.shape().d_model, 16);
  EXPECT_EQ(model->tokenizer->vocab_size(), lexicon_tokenizer()->vocab_size());
  for (const char* name : {"config.json", "tokenizer.json", "evaluation.json", "README.md", "recipe.json"}) {
    EXPECT_TRUE(fs::exists(out("whole") / name)) << name;
  }
}

TEST_F(Train, a_broken_recipe_is_refused_in_a_sentence) {
  std::string text = kTinyRecipe;
  const std::pair<const char*, const char*> faults[] = {{"\"steps\": 12", "\"steps\": 0"},
                                                        {"\"d_model\": 16", "\"d_model\": 15"},
                                                        {"[8, 12]", "[1]"},
                                                        {"[8, 12]", "[]"},
                                                        {"\"from\": 0,", "\"from\": 0.1,"},
                                                        {"\"seed\": 3", "\"seed\": \"x\""},
                                                        {"\"clip_norm\": 1,", ""},
                                                        {"{\"reference\": 1, \"lookup\": 1}", "{}"}};
  for (const auto& [from, to] : faults) {
    std::string broken = text;
    ASSERT_NE(broken.find(from), std::string::npos) << from;
    broken.replace(broken.find(from), std::string_view(from).size(), to);
    const auto parsed = parse_recipe(broken, "recipe.json");
    ASSERT_FALSE(parsed.ok()) << to;
    EXPECT_EQ(parsed.error().code, ErrorCode::Corrupt) << to;
  }
  EXPECT_EQ(train(folder_ / "none.json", out("x"), {}).error().code, ErrorCode::NotFound);
}

TEST_F(Train, the_learning_rate_warms_up_and_decays) {
  const auto tokenizer = lexicon_tokenizer();
  Recipe recipe = tiny_recipe(*tokenizer);
  recipe.steps = 100, recipe.warmup_steps = 10;
  EXPECT_NEAR(recipe.learning_rate_at(0), 0.001, 1e-12);
  EXPECT_NEAR(recipe.learning_rate_at(10), 0.01, 1e-12);
  EXPECT_NEAR(recipe.learning_rate_at(55), 0.0055, 1e-12);
  EXPECT_NEAR(recipe.learning_rate_at(100), 0.001, 1e-12);
}

}  // namespace
}  // namespace headscope
