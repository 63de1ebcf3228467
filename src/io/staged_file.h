#pragma once

#include <filesystem>

#include "base/result.h"

namespace headscope {

/// The name of a file in the making, for libraries that write by name and seek: bytes go to a hidden file
/// beside the target; `commit` makes them safe on disk and renames. Destroyed without a commit, nothing is
/// left behind and an old target stays as it was. The same promise as AtomicFile, which owns the writing too.
class StagedFile {
 public:
  /// Makes the hidden file, empty. Errors: NotFound (no such folder), InvalidArgument (a folder), Io.
  static Result<StagedFile> create(const std::filesystem::path& target);

  StagedFile(StagedFile&& other) noexcept;
  StagedFile& operator=(StagedFile&&) = delete;
  ~StagedFile();

  /// Where to write until `commit`.
  const std::filesystem::path& path() const { return temporary_; }
  const std::filesystem::path& target() const { return target_; }
  /// REQUIRES: every writer has closed the file; called at most once. Errors: Io.
  Status commit();

 private:
  StagedFile() = default;
  std::filesystem::path target_, temporary_;  ///< temporary_ is empty once it is renamed
};

}  // namespace headscope
