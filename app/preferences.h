#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "render/window/window.h"
#include "ui/ui_state.h"

namespace headscope {

/// What the program remembers about itself from one session to the next; nothing of it changes a picture's
/// content.
struct Preferences {
  WindowPlace place;
  UiPreferences ui;
  std::vector<std::string> recent;  ///< what was opened, the last one first; at most kMostRecent
  std::string folder;               ///< that the file dialog showed last
};

inline constexpr std::size_t kMostRecent = 8;

/// A missing or damaged file gives the defaults: preferences are never worth an error.
Preferences load_preferences(const std::filesystem::path& path);
/// Errors: those of writing a file.
Status save_preferences(const std::filesystem::path& path, const Preferences& preferences);

}  // namespace headscope
