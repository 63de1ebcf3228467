#include "document/autosave.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

namespace headscope {
namespace {

namespace fs = std::filesystem;

class AutosaveTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / ("autosave_" + std::to_string(getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static Document with_text(const std::string& text) {
    Document document;
    document.text = text;
    return document;
  }
  std::size_t n_files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(AutosaveTest, a_copy_of_a_killed_program_is_offered_and_of_a_running_one_is_not) {
  const pid_t child = fork();
  if (child == 0) {
    Result<Autosave> autosave = Autosave::start(folder_);
    if (autosave.ok() && autosave->write(with_text("left by a crash")).ok()) kill(getpid(), SIGKILL);
    _exit(1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));

  Result<Autosave> running = Autosave::start(folder_);
  ASSERT_TRUE(running.ok());
  ASSERT_TRUE(running->write(with_text("mine")).ok());

  std::vector<LeftDocument> left = Autosave::take_left(folder_);
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].document, with_text("left by a crash"));
  EXPECT_TRUE(Autosave::take_left(folder_).empty()) << "offered to two programs at once";

  Autosave::discard(left[0]);
  running->finish();
  EXPECT_EQ(n_files(), 0u);
}

TEST_F(AutosaveTest, two_programs_do_not_overwrite_each_other) {
  Result<Autosave> one = Autosave::start(folder_), two = Autosave::start(folder_);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(one->path(), two->path());
  ASSERT_TRUE(one->write(with_text("one")).ok());
  ASSERT_TRUE(two->write(with_text("two")).ok());
  EXPECT_TRUE(Autosave::take_left(folder_).empty());
  one->finish();
  two->finish();
}

TEST_F(AutosaveTest, an_offer_that_is_not_answered_is_made_again) {
  { ASSERT_TRUE(Autosave::start(folder_)->write(with_text("x")).ok()); }
  EXPECT_EQ(Autosave::take_left(folder_).size(), 1u);
  EXPECT_EQ(Autosave::take_left(folder_).size(), 1u);
}

TEST_F(AutosaveTest, a_copy_that_cannot_be_read_is_set_aside) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "broken.headscope") << "{\"headscope\": ";
  EXPECT_TRUE(Autosave::take_left(folder_).empty());
  EXPECT_TRUE(fs::exists(folder_ / "broken.unreadable"));
  EXPECT_FALSE(fs::exists(folder_ / "broken.headscope"));
}

TEST_F(AutosaveTest, a_folder_that_cannot_be_made_is_an_error_in_a_sentence) {
  std::ofstream(folder_.string()) << "a file";
  const Result<Autosave> autosave = Autosave::start(folder_ / "autosave");
  ASSERT_FALSE(autosave.ok());
  EXPECT_EQ(autosave.error().code, ErrorCode::Io);
}

}  // namespace
}  // namespace headscope
