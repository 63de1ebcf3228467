#pragma once

#include <filesystem>

/// Where the program's own files and the user's files live.
namespace headscope {

/// The folder that holds `assets/` and `shaders/`: $HEADSCOPE_HOME, else `../share/headscope` beside the
/// executable, else the source tree it was built from.
std::filesystem::path program_home();

inline std::filesystem::path assets_dir() {
  return program_home() / "assets";
}
inline std::filesystem::path shaders_dir() {
  return program_home() / "shaders";
}

/// $XDG_STATE_HOME/headscope (or ~/.local/state/headscope): autosaves, window place, recent files. Not
/// created here.
std::filesystem::path state_dir();

/// $XDG_CONFIG_HOME/headscope (or ~/.config/headscope): settings. Not created here.
std::filesystem::path config_dir();

}  // namespace headscope
