#include "io/scratch_folder.h"

#include <atomic>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

namespace headscope {

namespace fs = std::filesystem;

Result<ScratchFolder> ScratchFolder::create() {
  static std::atomic<int> count = 0;
  std::error_code failure;
  const fs::path parent = fs::temp_directory_path(failure);
  if (!failure) {
    // create_directory says whether it made the folder: nobody else has this name then.
    for (int attempt = 0; attempt < 100 && !failure; ++attempt) {
      const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
      fs::path path = parent / ("headscope-" + std::to_string(now) + "-" + std::to_string(++count));
      if (!fs::create_directory(path, failure) || failure) continue;
      fs::permissions(path, fs::perms::owner_all, failure);
      ScratchFolder made;
      made.path_ = std::move(path);
      return made;
    }
  }
  return Error{ErrorCode::Io, "cannot make a temporary folder: " + failure.message(),
               "Set TMPDIR to a folder that can be written to"};
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

}  // namespace headscope
