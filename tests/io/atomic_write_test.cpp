#include "io/atomic_write.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>

#include <array>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/mapped_file.h"
#include "io/safetensors_writer.h"
#include "io/staged_file.h"
#include "io/temporary_folder.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

/// While it lives, no file may grow beyond `bytes`: the kernel refuses the write as it does on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

TEST(AtomicFile, nothing_appears_before_commit_and_everything_after) {
  TemporaryFolder folder;
  auto file = AtomicFile::create(folder / "a.txt");
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_TRUE(file->write("hello ").ok());
  ASSERT_TRUE(file->write("world").ok());
  EXPECT_FALSE(fs::exists(folder / "a.txt"));
  ASSERT_TRUE(file->commit().ok());
  EXPECT_EQ(*read_file(folder / "a.txt"), "hello world");
  EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, without_a_commit_the_old_file_stays_and_nothing_is_left_behind) {
  TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a.txt", "old").ok());
  {
    auto file = AtomicFile::create(folder / "a.txt");
    ASSERT_TRUE(file->write("new").ok());
  }
  EXPECT_EQ(*read_file(folder / "a.txt"), "old");
  EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, what_a_killed_writer_left_is_removed_and_what_a_living_one_holds_is_not) {
  TemporaryFolder folder;
  for (const char* name :
       {".a.txt.abc123", ".b.txt.abc123", ".a.txt.abc12", ".a.txt.ABC123", "a.txt.abc123", ".abc123"})
    std::ofstream(folder / name) << "left";
  fs::create_directory(folder / ".a.txt.dir123");
  auto living = AtomicFile::create(folder / "a.txt");
  ASSERT_TRUE(living.ok()) << living.error().message;
  ASSERT_TRUE(living->write("new").ok());
  remove_abandoned(folder / "", [](std::string_view name) { return name == "a.txt"; });
  EXPECT_FALSE(fs::exists(folder / ".a.txt.abc123"));
  for (const char* name :
       {".b.txt.abc123", ".a.txt.abc12", ".a.txt.ABC123", "a.txt.abc123", ".abc123", ".a.txt.dir123"})
    EXPECT_TRUE(fs::exists(folder / name)) << name;
  ASSERT_TRUE(living->commit().ok());
  EXPECT_EQ(*read_file(folder / "a.txt"), "new");
  remove_abandoned(folder / "there is no such folder", [](std::string_view) { return true; });
}

TEST(AtomicFile, a_write_that_does_not_fit_says_so_and_keeps_the_old_file) {
  TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a.bin", "old").ok());
  Status status;
  {
    FileSizeLimit limit(64 * 1024);
    status = write_file_atomically(folder / "a.bin", std::string(1 << 20, 'x'));
  }
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::Io);
  EXPECT_THAT(status.error().message, testing::HasSubstr("the file would be larger than the system allows"));
  EXPECT_EQ(*read_file(folder / "a.bin"), "old");
  EXPECT_EQ(folder.n_entries(), 1);
}

TEST(AtomicFile, a_checkpoint_that_does_not_fit_leaves_no_half_written_file) {
  TemporaryFolder folder;
  const std::vector<float> values(100'000, 1.0f);
  const FloatTensor tensor{{"w", DType::F32, {100'000}}, values};
  Status status;
  {
    FileSizeLimit limit(300 * 1024);
    status = write_safetensors(folder / "w.safetensors", std::span(&tensor, 1));
  }
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(folder.n_entries(), 0);
}

TEST(AtomicFile, a_full_disk_is_named) {
  const Status status = write_file_atomically("/dev/full", std::string(1 << 20, 'x'));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::Io);
  EXPECT_EQ(status.error().message, "cannot write '/dev/full': the disk is full");
}

TEST(AtomicFile, a_small_write_to_a_full_disk_fails_at_commit) {
  EXPECT_FALSE(write_file_atomically("/dev/full", "x").ok());
}

TEST(AtomicFile, a_missing_folder_and_a_folder_as_target_are_named) {
  TemporaryFolder folder;
  const Status missing = write_file_atomically(folder / "no" / "a.txt", "x");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
  const Status is_folder = write_file_atomically(folder.path(), "x");
  ASSERT_FALSE(is_folder.ok());
  EXPECT_THAT(is_folder.error().message, testing::HasSubstr("it is a folder"));
}

TEST(AtomicFile, a_link_stays_a_link_and_permissions_stay) {
  TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "real.txt", "old").ok());
  ::chmod((folder / "real.txt").c_str(), 0640);
  fs::create_symlink("real.txt", folder / "link.txt");
  ASSERT_TRUE(write_file_atomically(folder / "link.txt", "new").ok());
  EXPECT_TRUE(fs::is_symlink(folder / "link.txt"));
  EXPECT_EQ(*read_file(folder / "real.txt"), "new");
  struct stat status {};
  ::stat((folder / "real.txt").c_str(), &status);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST(AtomicFile, a_folder_that_is_renamed_meanwhile_keeps_no_hidden_file) {
  TemporaryFolder folder;
  fs::create_directory(folder / "before");
  {
    auto file = AtomicFile::create(folder / "before" / "a.txt");
    ASSERT_TRUE(file->write("half").ok());
    fs::rename(folder / "before", folder / "after");
  }
  EXPECT_TRUE(fs::is_empty(folder / "after"));
  EXPECT_FALSE(fs::exists(folder / "before"));
}

TEST(AtomicFile, a_file_finished_in_a_renamed_folder_is_whole_there_and_the_error_says_so) {
  TemporaryFolder folder;
  fs::create_directory(folder / "before");
  auto file = AtomicFile::create(folder / "before" / "a.txt");
  ASSERT_TRUE(file->write("whole").ok());
  fs::rename(folder / "before", folder / "after");
  const Status committed = file->commit();
  ASSERT_FALSE(committed.ok());
  EXPECT_EQ(committed.error().code, ErrorCode::NotFound);
  EXPECT_EQ(committed.error().hint, "Its folder was renamed meanwhile; 'a.txt' is there, whole");
  EXPECT_EQ(*read_file(folder / "after" / "a.txt"), "whole");
}

TEST(AtomicFile, a_folder_that_is_deleted_meanwhile_is_a_sentence) {
  TemporaryFolder folder;
  fs::create_directory(folder / "gone");
  auto file = AtomicFile::create(folder / "gone" / "a.txt");
  fs::remove_all(folder / "gone");
  const Status committed = file->commit();
  ASSERT_FALSE(committed.ok());
  EXPECT_THAT(committed.error().message, testing::HasSubstr("there is no such file or folder"));
}

TEST(AtomicFile, the_longest_names_can_be_written) {
  TemporaryFolder folder;
  EXPECT_TRUE(write_file_atomically(folder / std::string(255, 'n'), "x").ok());
  EXPECT_EQ(write_file_atomically(folder / std::string(256, 'n'), "x").error().code,
            ErrorCode::InvalidArgument);
  EXPECT_EQ(folder.n_entries(), 1);
}

TEST(StagedFile, is_written_by_its_name_or_by_its_descriptor) {
  TemporaryFolder folder;
  auto file = StagedFile::create(folder / "a.txt");
  ASSERT_TRUE(file.ok()) << file.error().message;
  EXPECT_TRUE(fs::exists(file->path()));
  std::ofstream(file->path()) << "by name";
  ASSERT_EQ(::write(file->descriptor(), "BY", 2), 2);
  ASSERT_TRUE(file->commit().ok());
  EXPECT_EQ(*read_file(folder / "a.txt"), "BY name");
  EXPECT_EQ(folder.n_entries(), 1);
  EXPECT_EQ(StagedFile::create("/dev/full").error().code, ErrorCode::InvalidArgument);
}

TEST(MappedFile, missing_files_folders_and_devices_get_a_sentence) {
  TemporaryFolder folder;
  EXPECT_EQ(MappedFile::open(folder / "none").error().code, ErrorCode::NotFound);
  EXPECT_EQ(MappedFile::open(folder.path()).error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(MappedFile::open("/dev/zero").error().code, ErrorCode::InvalidArgument);
}

TEST(MappedFile, an_empty_file_is_empty_and_a_long_one_is_refused_by_read_file) {
  TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "e", "").ok());
  EXPECT_TRUE(MappedFile::open(folder / "e")->bytes().empty());
  ASSERT_TRUE(write_file_atomically(folder / "l", "12345").ok());
  EXPECT_TRUE(read_file(folder / "l", 5).ok());
  EXPECT_FALSE(read_file(folder / "l", 4).ok());
}

TEST(MappedFile, moving_it_keeps_the_bytes_where_they_are) {
  TemporaryFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a", "abc").ok());
  auto first = MappedFile::open(folder / "a");
  const std::byte* address = first->bytes().data();
  MappedFile second;
  second = std::move(*first);
  EXPECT_EQ(second.bytes().data(), address);
  EXPECT_EQ(second.text(), "abc");
}

}  // namespace
}  // namespace headscope
