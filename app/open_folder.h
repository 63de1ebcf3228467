#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/result.h"

namespace headscope {

/// Shows folders in the desktop's own file manager. All members belong to one thread.
class FolderOpener {
 public:
  /// `wake` is called on any thread when `take_failure` has something.
  explicit FolderOpener(std::function<void()> wake);

  /// Never waits. Errors: Unavailable (the machine has nothing that opens folders).
  Status open(const std::filesystem::path& folder);
  /// What became known later: the file manager did not start. Each once.
  std::optional<Error> take_failure();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the threads that wait for the programs
};

}  // namespace headscope
