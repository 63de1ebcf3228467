#include <gtest/gtest.h>

#include <algorithm>

#include "document/document_json.h"
#include "viewer/viewer.h"
#include "viewer/viewer_fixture.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

class ViewerFilesTest : public testing_support::ViewerFixture {
 protected:
  fs::path autosaves() const { return folder_ / "state" / "autosave"; }
};

TEST_F(ViewerFilesTest, a_change_is_on_disk_within_two_seconds_and_a_clean_end_leaves_nothing) {
  {
    auto viewer = settled("a b c d");
    dispatch(*viewer, "set-text \"not lost\"", 10);
    let_compute(*viewer, 10);
    // As the program does: sleep until update says so, here in no time.
    Seconds now = 10;
    while (const auto next = viewer->update(now).next) now = std::max(now + 0.016, *next);
    EXPECT_LT(now, 12);
    viewer->finish_writing();
    std::vector<fs::path> copies;
    for (const auto& entry : fs::directory_iterator(autosaves())) {
      if (entry.path().extension() == ".headscope") copies.push_back(entry.path());
    }
    ASSERT_EQ(copies.size(), 1u);
    EXPECT_EQ(load_document(copies[0])->text, "not lost");
  }
  EXPECT_TRUE(fs::is_empty(autosaves()));
}

TEST_F(ViewerFilesTest, what_is_not_saved_when_the_session_ends_is_offered_at_the_next_start) {
  for (const bool typed : {true, false}) {
    {
      auto viewer = settled("a b c d");
      if (typed) dispatch(*viewer, "set-text \"not lost\"", 10);
      viewer->leave_unsaved(10);  // at once: the copy was not due yet
    }
    auto viewer = settled("a b c d");
    ASSERT_EQ(viewer->recovery() != nullptr, typed);
    if (typed) {
      EXPECT_EQ(viewer->recovery()->text, "not lost");
      viewer->answer_recovery(false, 1);
    }
  }
}

TEST_F(ViewerFilesTest, a_document_that_a_crash_left_is_offered_and_taken) {
  {
    Document left;
    left.text = "left over";
    Result<Autosave> crashed = Autosave::start(autosaves());
    ASSERT_TRUE(crashed.ok());
    ASSERT_TRUE(crashed->write(left).ok());
  }
  auto viewer = settled("a b c d");
  ASSERT_TRUE(viewer->recovery());
  EXPECT_EQ(viewer->recovery()->text, "left over");
  viewer->answer_recovery(true, 1);
  EXPECT_FALSE(viewer->recovery());
  EXPECT_EQ(viewer->document().text, "left over");
  dispatch(*viewer, "undo", 2);
  EXPECT_EQ(viewer->document().text, "a b c d");
}

TEST_F(ViewerFilesTest, documents_are_saved_and_opened_as_steps_of_the_history) {
  fs::create_directories(folder_);
  auto viewer = settled("a b c d");
  const std::string path = (folder_ / "one.headscope").string();
  dispatch(*viewer, "set-view arcs", 1);
  EXPECT_TRUE(viewer->modified());
  dispatch(*viewer, "save " + quote_argument(path), 2);
  EXPECT_FALSE(viewer->modified());
  dispatch(*viewer, "new", 3);
  EXPECT_EQ(viewer->document().text, "");
  dispatch(*viewer, "open " + quote_argument(path), 4);
  EXPECT_EQ(viewer->document().view.kind, ViewKind::Arcs);
  EXPECT_FALSE(viewer->modified());
  EXPECT_FALSE(viewer->dispatch("open nowhere.headscope", 5).ok());
  dispatch(*viewer, "edit-go 0", 6);
  EXPECT_EQ(viewer->document().text, "a b c d");
}

TEST_F(ViewerFilesTest, a_folder_that_cannot_be_written_is_said_once) {
  fs::create_directories(folder_ / "state");
  fs::permissions(folder_ / "state", fs::perms::owner_read | fs::perms::owner_exec);
  {
    std::FILE* file = std::fopen((folder_ / "config").c_str(), "w");
    std::fclose(file);
  }
  auto viewer = settled("a b");
  dispatch(*viewer, "ui-scale 1.5", 1);
  viewer->update(1);
  EXPECT_FALSE(viewer->take_errors().empty());
  EXPECT_TRUE(viewer->take_errors().empty());
  EXPECT_FLOAT_EQ(viewer->settings().ui_scale, 1.5f);
  fs::permissions(folder_ / "state", fs::perms::owner_all);
}

TEST_F(ViewerFilesTest, a_missing_model_is_named_and_can_be_found_elsewhere) {
  fs::create_directories(folder_ / "moved");
  Document document;
  document.model = "gone/model";
  document.text = "a b c d";
  Story story;
  story.start = document.state();
  story.steps.resize(2);
  story.steps[1].commands = {"set-query 1"};
  document.story = std::move(story);
  auto viewer = settled("a b");
  viewer->open_document(document, {}, "open", 1);
  bool named = false;
  for (const Error& error : viewer->take_errors())
    named =
        named || (error.code == ErrorCode::NotFound && error.message.find("gone/model") != std::string::npos);
  EXPECT_TRUE(named);
  const Status nowhere = viewer->dispatch("find-model not/here/either", 2);
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().code, ErrorCode::NotFound);
  EXPECT_EQ(viewer->document().model, "gone/model");

  const std::string found = (folder_ / "moved").string();
  dispatch(*viewer, "find-model " + found, 3);
  EXPECT_EQ(viewer->document().model, found);
  EXPECT_EQ(viewer->document().story->start.model, found);
  EXPECT_FALSE(viewer->dispatch("find-model " + found, 4).ok());  // none is missing any more
  dispatch(*viewer, "undo", 5);
  EXPECT_EQ(viewer->document().story->start.model, "gone/model");
}

}  // namespace
}  // namespace headscope
