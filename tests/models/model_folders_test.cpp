// Which checkpoints are on this machine, and which were opened last.
#include "models/model_folders.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <optional>

namespace headscope {
namespace {

namespace fs = std::filesystem;

class Folders : public testing::Test {
 protected:
  Folders() {
    std::string pattern = (fs::temp_directory_path() / "headscope-folders-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    for (const char* name :
         {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HEADSCOPE_MODELS", "HOME"}) {
      const char* value = std::getenv(name);
      saved_.emplace_back(name, value ? std::optional<std::string>(value) : std::nullopt);
      unsetenv(name);
    }
    setenv("HOME", (root_ / "home").c_str(), 1);
  }
  ~Folders() override {
    for (const auto& [name, value] : saved_) {
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
    fs::remove_all(root_);
  }
  fs::path checkpoint(const fs::path& relative) const {
    fs::create_directories(root_ / relative);
    std::ofstream(root_ / relative / "config.json") << "{}";
    return root_ / relative;
  }
  static std::vector<std::string> names(const std::vector<ModelFolder>& models) {
    std::vector<std::string> result;
    for (const ModelFolder& model : models) result.push_back(model.name);
    return result;
  }

  fs::path root_;
  std::vector<std::pair<std::string, std::optional<std::string>>> saved_;
};

using Names = std::vector<std::string>;

TEST_F(Folders, without_any_of_the_usual_places_there_is_nothing) {
  EXPECT_TRUE(found_models().empty());
}

TEST_F(Folders, the_cache_gives_the_snapshot_that_main_names) {
  const fs::path hub = "home/.cache/huggingface/hub";
  checkpoint(hub / "models--EleutherAI--pythia-70m/snapshots/aaa");
  const fs::path main = checkpoint(hub / "models--EleutherAI--pythia-70m/snapshots/bbb");
  fs::create_directories(root_ / hub / "models--EleutherAI--pythia-70m/refs");
  std::ofstream(root_ / hub / "models--EleutherAI--pythia-70m/refs/main") << "bbb";
  checkpoint(hub / "models--gpt2/snapshots/ccc");
  fs::create_directories(root_ / hub / "models--half--downloaded/snapshots/ddd");
  checkpoint(hub / "datasets--some--thing/snapshots/eee");
  const std::vector<ModelFolder> found = found_models();
  EXPECT_EQ(names(found), (Names{"EleutherAI/pythia-70m", "gpt2"}));
  EXPECT_EQ(found[0].folder, main);
}

TEST_F(Folders, a_revision_that_leads_out_of_the_cache_is_not_followed) {
  const fs::path model = "home/.cache/huggingface/hub/models--a--b";
  checkpoint("elsewhere");
  checkpoint(model / "snapshots/aaa");
  fs::create_directories(root_ / model / "refs");
  std::ofstream(root_ / model / "refs/main") << "../../../../../../elsewhere";
  EXPECT_EQ(found_models()[0].folder.filename(), "aaa");
}

TEST_F(Folders, the_environment_says_where_else_to_look) {
  checkpoint("hub/models--x--y/snapshots/1");
  checkpoint("mine/tiny");
  checkpoint("mine/org/small");
  checkpoint("home/models/other");
  setenv("HF_HOME", root_.c_str(), 1);
  setenv("HEADSCOPE_MODELS", (":" + (root_ / "mine").string() + ":/no/such/folder").c_str(), 1);
  EXPECT_EQ(names(found_models()), (Names{"org/small", "other", "tiny", "x/y"}));
  setenv("HF_HUB_CACHE", "/no/such/folder", 1);
  EXPECT_EQ(names(found_models()), (Names{"org/small", "other", "tiny"}));
}

TEST_F(Folders, the_last_opened_comes_first_once_and_gone_ones_are_left_out) {
  const fs::path state = root_ / "state";
  EXPECT_TRUE(recent_models(state).empty());
  const fs::path a = checkpoint("a"), b = checkpoint("hub/models--org--b/snapshots/1");
  for (const fs::path& folder : {a, b, a}) ASSERT_TRUE(remember_model(folder, state).ok());
  EXPECT_EQ(names(recent_models(state)), (Names{"a", "org/b"}));
  fs::remove_all(a);
  EXPECT_EQ(names(recent_models(state)), (Names{"org/b"}));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(remember_model(checkpoint("m" + std::to_string(i)), state).ok());
  EXPECT_EQ(recent_models(state).size(), static_cast<std::size_t>(kMaxRecentModels));
  EXPECT_EQ(recent_models(state)[0].name, "m19");
}

TEST_F(Folders, a_broken_list_is_an_empty_one_and_is_written_anew) {
  const fs::path state = root_ / "state";
  fs::create_directories(state);
  std::ofstream(state / "recent-models.json") << "[3, {\"a\": ";
  EXPECT_TRUE(recent_models(state).empty());
  ASSERT_TRUE(remember_model(checkpoint("a"), state).ok());
  EXPECT_EQ(names(recent_models(state)), Names{"a"});
}

}  // namespace
}  // namespace headscope
