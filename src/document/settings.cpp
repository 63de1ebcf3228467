#include "document/settings.h"

#include <system_error>

#include "document/names.h"
#include "io/atomic_write.h"
#include "io/json.h"
#include "io/mapped_file.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr const char* kFileName = "settings.json";

}  // namespace

std::string settings_text(const Settings& settings) {
  Json panels = Json::object();
  for (std::size_t i = 0; i < kNamesOf<Panel>.size(); ++i) {
    panels[std::string(kNamesOf<Panel>[i])] = settings.panel_open[i];
  }
  return json_text({{"reduce_motion", settings.reduce_motion},
                    {"ui_scale", settings.ui_scale},
                    {"speed", settings.speed},
                    {"play_mode", name_of(settings.play_mode)},
                    {"panels", panels}}) +
         "\n";
}

Settings parse_settings(std::string_view text) {
  Settings result;
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

Settings load_settings(const std::filesystem::path& folder) {
  const Result<std::string> text = read_file(folder / kFileName, kMaxBytes);
  return text ? parse_settings(*text) : Settings{};
}

Status save_settings(const Settings& settings, const std::filesystem::path& folder) {
  std::error_code fault;
  std::filesystem::create_directories(folder, fault);
  if (fault) {
    return Error{ErrorCode::Io, "cannot make the folder '" + folder.string() + "': " + fault.message(),
                 "Settings are not kept"};
  }
  return write_file_atomically(folder / kFileName, settings_text(settings));
}

}  // namespace headscope
