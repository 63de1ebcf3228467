#include "base/paths.h"

#include <cstdlib>
#include <system_error>

namespace headscope {
namespace fs = std::filesystem;

namespace {

fs::path from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? fs::path(value) : fs::path();
}

fs::path xdg_dir(const char* variable, const char* below_home) {
  fs::path base = from_environment(variable);
  if (base.empty() || base.is_relative()) {
    const fs::path home = from_environment("HOME");
    base = home.empty() ? fs::temp_directory_path() : home / below_home;
  }
  return base / "headscope";
}

}  // namespace

fs::path program_home() {
  if (fs::path home = from_environment("HEADSCOPE_HOME"); !home.empty()) return home;
  std::error_code error;
  const fs::path executable = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    fs::path installed = executable.parent_path().parent_path() / "share" / "headscope";
    if (fs::exists(installed / "assets", error)) return installed;
  }
  return HEADSCOPE_SOURCE_DIR;
}

fs::path state_dir() {
  return xdg_dir("XDG_STATE_HOME", ".local/state");
}
fs::path config_dir() {
  return xdg_dir("XDG_CONFIG_HOME", ".config");
}

}  // namespace headscope
