#include "document/preferences.h"

#include <system_error>

#include "document/names.h"
#include "io/atomic_write.h"
#include "io/json.h"
#include "io/mapped_file.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr const char* kFileName = "preferences.json";

}  // namespace

std::string preferences_text(const Preferences& preferences) {
  Json panels = Json::object();
  for (std::size_t i = 0; i < kNamesOf<Panel>.size(); ++i) {
    panels[std::string(kNamesOf<Panel>[i])] = preferences.panel_open[i];
  }
  return json_text({{"reduce_motion", preferences.reduce_motion},
                    {"ui_scale", preferences.ui_scale},
                    {"speed", preferences.speed},
                    {"play_mode", name_of(preferences.play_mode)},
                    {"panels", panels}}) +
         "\n";
}

Preferences parse_preferences(std::string_view text) {
  Preferences result;
  const Result<Json> json = parse_json(text, kFileName, {.max_bytes = kMaxBytes, .max_depth = 16});
  if (!json || !json->is_object()) return result;
  // A field with a fault gives its fallback; the fault itself is of no interest.
  JsonFields fields(*json, kFileName);
  result.reduce_motion = fields.boolean("reduce_motion", result.reduce_motion);
  result.ui_scale = static_cast<float>(fields.number("ui_scale", 0.5, 4, result.ui_scale));
  result.speed = static_cast<float>(fields.number("speed", 0.1f, 4, result.speed));
  result.play_mode = from_name<PlayMode>(fields.string("play_mode", "tokens")).value_or(PlayMode::Tokens);
  if (const Json& panels = fields.child("panels"); panels.is_object()) {
    JsonFields open(panels, kFileName);
    for (std::size_t i = 0; i < kNamesOf<Panel>.size(); ++i)
      result.panel_open[i] = open.boolean(kNamesOf<Panel>[i], true);
  }
  return result;
}

Preferences load_preferences(const std::filesystem::path& folder) {
  const Result<std::string> text = read_file(folder / kFileName, kMaxBytes);
  return text ? parse_preferences(*text) : Preferences{};
}

Status save_preferences(const Preferences& preferences, const std::filesystem::path& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) {
    return Error{ErrorCode::Io, "cannot make the folder '" + folder.string() + "': " + fault.message(),
                 "Settings are not kept"};
  }
  return write_file_atomically(folder / kFileName, preferences_text(preferences));
}

}  // namespace headscope
