#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "io/staged_file.h"

namespace headscope {

/// A file that appears whole or not at all: what is appended goes to a StagedFile, with its promises. A
/// device or pipe (/dev/stdout) is written directly. Not thread-safe.
class AtomicFile {
 public:
  /// Errors: NotFound (no such folder), InvalidArgument (a folder), Io.
  static Result<AtomicFile> create(const std::filesystem::path& path);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  /// Appends; buffered. After an error every later call returns it again. Errors: Io (full disk, …).
  Status write(std::string_view bytes);
  Status write(std::span<const std::byte> bytes);
  /// REQUIRES: called at most once, as the last call.
  Status commit();

 private:
  AtomicFile() = default;
  Status flush();
  Status write_through(const char* data, std::size_t size);
  Error fail(int number);

  std::filesystem::path target_;
  std::optional<StagedFile> staged_;
  int device_ = -1;  ///< written directly, instead of staged_
  std::string buffer_;
  int failed_ = 0;  ///< errno of the first failure
};

/// The whole file at once.
Status write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace headscope
