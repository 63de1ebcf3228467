#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "document/control.h"

namespace headscope {

/// What the user has set once for all documents.
struct Settings {
  bool reduce_motion = false;
  float ui_scale = 1;  ///< times what the monitor asks for, [0.5, 4]
  float speed = 1;     ///< of playing, [0.1, 4]
  PlayMode play_mode = PlayMode::Tokens;
  std::array<bool, 3> panel_open = {true, true, true};  ///< by Panel
  friend bool operator==(const Settings&, const Settings&) = default;

  bool is_open(Panel panel) const { return panel_open[static_cast<std::size_t>(panel)]; }
};

std::string settings_text(const Settings& settings);
/// Fields that are missing, unknown or out of range have their defaults: settings never keep a program from
/// starting.
Settings parse_settings(std::string_view text);

/// settings.json in `folder`; the defaults when there is none.
Settings load_settings(const std::filesystem::path& folder);
/// Makes the folder. Errors: Io.
Status save_settings(const Settings& settings, const std::filesystem::path& folder);

}  // namespace headscope
