#pragma once

#include <filesystem>

#include "base/result.h"

namespace headscope {

/// A new folder among the system's temporary files, which goes with everything in it when this object does.
class ScratchFolder {
 public:
  /// Errors: Io.
  static Result<ScratchFolder> create();

  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  const std::filesystem::path& path() const { return path_; }

 private:
  ScratchFolder() = default;
  std::filesystem::path path_;  ///< empty: moved from
};

}  // namespace headscope
