#include "document/model_reference.h"

#include <gtest/gtest.h>

#include <fstream>

#include "io/temporary_folder.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

void make_checkpoint(const fs::path& folder, const std::string& config) {
  fs::create_directories(folder);
  std::ofstream(folder / "config.json") << config;
}

Document story_with(const std::string& model) {
  Document document;
  document.model = model;
  document.model_hash = "0123456789abcdef";
  Story story;
  story.start.model = model;
  story.steps.resize(3);
  story.steps[1].commands = {"set-model " + model, "set-query 1"};
  story.steps[2].commands = {"set-model stories"};
  document.story = std::move(story);
  return document;
}

TEST(ModelReferences, a_missing_model_is_found_in_every_place_of_the_story) {
  const TemporaryFolder folder;
  make_checkpoint(folder / "found", "{}");
  const std::string found = (folder / "found").string();
  const Document document = story_with("elsewhere/model");
  EXPECT_EQ(missing_model(document), "elsewhere/model");
  const Document mended = with_model_at(document, "elsewhere/model", found);
  EXPECT_EQ(missing_model(mended), "");
  EXPECT_EQ(mended.model, found);
  EXPECT_EQ(mended.model_hash, "");
  EXPECT_EQ(mended.story->start.model, found);
  EXPECT_EQ(mended.story->steps[1].commands[0], "set-model \"" + found + "\"");
  EXPECT_EQ(mended.story->steps[1].commands[1], "set-query 1");
  EXPECT_EQ(mended.story->steps[2].commands[0], "set-model stories");
  EXPECT_TRUE(check_model(mended).ok());
}

TEST(ModelReferences, the_start_of_a_story_may_lack_its_model_alone) {
  Document document = story_with("elsewhere/model");
  document.model = "stories";
  EXPECT_EQ(missing_model(document), "elsewhere/model");
  const Document mended = with_model_at(document, "elsewhere/model", "stories");
  EXPECT_EQ(missing_model(mended), "");
  EXPECT_EQ(mended.model, "stories");
}

TEST(ModelReferences, a_dump_is_a_model_that_is_there) {
  const TemporaryFolder folder;
  std::ofstream(folder / "trace.safetensors") << "bytes";
  Document document;
  document.model = (folder / "trace.safetensors").string();
  EXPECT_EQ(missing_model(document), "");
  EXPECT_TRUE(check_model(document).ok());
}

TEST(ModelReferences, a_model_that_changed_is_told_by_its_hash) {
  const TemporaryFolder folder;
  make_checkpoint(folder / "model", "{\"n\": 1}");
  Document document;
  document.model = (folder / "model").string();
  const Document saved = with_relative_paths(document, folder.path());
  EXPECT_EQ(saved.model, "model");
  Document opened = with_found_paths(saved, folder.path());
  EXPECT_TRUE(check_model(opened).ok());
  make_checkpoint(folder / "model", "{\"n\": 2}");
  const Status changed = check_model(opened);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code, ErrorCode::Corrupt);
  EXPECT_NE(changed.error().message.find("model"), std::string::npos);
}

}  // namespace
}  // namespace headscope
