#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "document/control.h"

namespace headscope {

/// What the user has set once for all documents.
struct Preferences {
  bool reduce_motion = false;
  float ui_scale = 1;  ///< times what the monitor asks for, [0.5, 4]
  float speed = 1;     ///< of playing, [0.1, 4]
  PlayMode play_mode = PlayMode::Tokens;
  std::array<bool, 3> panel_open = {true, true, true};  ///< by Panel
  friend bool operator==(const Preferences&, const Preferences&) = default;

  bool is_open(Panel panel) const { return panel_open[static_cast<std::size_t>(panel)]; }
};

std::string preferences_text(const Preferences& preferences);
/// Fields that are missing, unknown or out of range have their defaults: settings never keep a program from
/// starting.
Preferences parse_preferences(std::string_view text);

/// preferences.json in `folder`; the defaults when there is none.
Preferences load_preferences(const std::filesystem::path& folder);
/// Makes the folder. Errors: Io.
Status save_preferences(const Preferences& preferences, const std::filesystem::path& folder);

}  // namespace headscope
