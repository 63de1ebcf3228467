#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace headscope {

/// A file that one holder in all running programs may lock. The system lets go of it when its holder ends,
/// however that happens, so a lock that can be taken says that its owner is gone.
class FileLock {
 public:
  /// Makes the file when it is not there. None: someone else holds it, or the file cannot be made.
  static std::optional<FileLock> try_lock(const std::filesystem::path& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

  /// Lets go and takes the file away.
  void remove();

 private:
  explicit FileLock(std::filesystem::path path) : path_(std::move(path)) {}
  void release();

  std::filesystem::path path_;
  std::intptr_t handle_ = -1;
};

}  // namespace headscope
