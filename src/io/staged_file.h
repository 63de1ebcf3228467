#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace headscope {

/// A file in the making: bytes go to a hidden file beside the target; `commit` makes them safe on disk and
/// renames. Destroyed without a commit, nothing is left behind and an old target stays as it was. It holds on
/// to the folder itself, not to its name: a folder that is renamed meanwhile keeps no hidden file. A symbolic
/// link stays a link and its target is replaced. AtomicFile writes by this; libraries that write by name and
/// seek use `path`. Not thread-safe.
class StagedFile {
 public:
  /// Makes the hidden file, empty, with the permissions of the target if that is there. Errors: NotFound (no
  /// such folder), InvalidArgument (a folder, a device), Io.
  static Result<StagedFile> create(const std::filesystem::path& target);

  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  /// Where to write until `commit`: open for writing, at the beginning.
  int descriptor() const { return file_; }
  /// The same by its name, for as long as the folder keeps its own.
  const std::filesystem::path& path() const { return temporary_; }
  const std::filesystem::path& target() const { return target_; }
  /// REQUIRES: every writer but the descriptor has closed the file; called at most once. Errors: Io; NotFound
  /// when the folder is gone, or has another name now: then the file is there, whole.
  Status commit();

 private:
  StagedFile() = default;
  std::filesystem::path target_, temporary_;
  std::string hidden_name_;  ///< within the folder; empty once it is renamed
  int folder_ = -1, file_ = -1;
};

/// Removes hidden files that writers left in `folder` when they were killed: those whose target's name
/// `is_target` accepts, and that no living writer holds. What cannot be removed stays.
void remove_abandoned(const std::filesystem::path& folder,
                      const std::function<bool(std::string_view name)>& is_target);

/// Where writing to `path` ends up: symbolic links followed, also those that lead to a file that is not
/// there.
std::filesystem::path follow_links(const std::filesystem::path& path);

}  // namespace headscope
