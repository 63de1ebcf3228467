#include "document/story_json.h"

#include <array>

#include "document/state_json.h"
#include "document/story_edit.h"

namespace headscope {

namespace {

constexpr std::array kStoryFields = {"start", "steps"};
constexpr std::array kStepFields = {"do", "name", "caption", "duration", "pause", "easing", "stagger"};

Json step_json(const StoryStep& step) {
  Json json = {{"do", step.commands},
               {"duration", json_number(step.duration_secs)},
               {"pause", json_number(step.pause_secs)}};
  if (!step.name.empty()) json["name"] = step.name;
  if (!step.caption.empty()) json["caption"] = step.caption;
  if (step.easing != Easing::InOut) json["easing"] = name_of(step.easing);
  if (step.stagger_secs) json["stagger"] = json_number(*step.stagger_secs);
  return json;
}

/// One text, or a list of them. Errors: Corrupt.
Status read_commands(const Json& json, const std::string& where, std::vector<std::string>& commands) {
  const bool one = json.is_string();
  if (!one && !json.is_null() && !json.is_array())
    return json_corrupt(where, "'do' must be a command or a list of commands");
  const Json list = one ? Json::array({json}) : json;
  std::string lines;
  for (const Json& line : list) {
    if (!line.is_string()) return json_corrupt(where, "'do' must hold texts such as \"set-query 3\"");
    lines += line.get_ref<const std::string&>() + "\n";
  }
  Result<std::vector<std::string>> read = story_commands(lines);
  if (!read) return json_corrupt(where, read.error().message);
  commands = std::move(*read);
  return {};
}

Result<StoryStep> read_step(const Json& json, const std::string& where) {
  JsonFields fields(json, where);
  if (!fields.status()) return fields.status().error();
  StoryStep step;
  if (Status status = read_commands(fields.child("do"), where, step.commands); !status) return status.error();
  for (const auto& [key, value] : {std::pair{"name", &step.name}, {"caption", &step.caption}}) {
    if (Status status = read_json_text(fields, where, key, *value); !status) return status.error();
  }
  const auto seconds = [&](const char* key, float most, float fallback) {
    return static_cast<float>(fields.number(key, 0, double{most}, double{fallback}));
  };
  step.duration_secs = seconds("duration", kMaxDurationSecs, step.duration_secs);
  step.pause_secs = seconds("pause", kMaxPauseSecs, step.pause_secs);
  if (fields.has("stagger")) step.stagger_secs = seconds("stagger", kMaxStaggerSecs, 0);
  if (Status status = read_json_choice(fields, where, "easing", step.easing); !status) return status.error();
  if (!fields.status()) return fields.status().error();
  if (const Json rest = json_without(json, kStepFields); !rest.empty())
    step.unknown_fields = json_text(rest, -1);
  return step;
}

void add_unknown(Json& json, const std::string& unknown_fields) {
  if (unknown_fields.empty()) return;
  Result<Json> all = parse_json(unknown_fields, "unknown fields");
  if (!all || !all->is_object()) return;
  all->update(json, true);
  json = std::move(*all);
}

}  // namespace

Json story_json(const Story& story, const DocumentState& own) {
  Json json = {{"steps", Json::array()}};
  // Fields of a newer version in the start need the rest of it beside them.
  const bool newer = story.unknown_fields.find("\"start\"") != std::string::npos;
  if (newer || !(story.start == own)) json["start"] = state_json(story.start);
  for (const StoryStep& step : story.steps) {
    Json item = step_json(step);
    add_unknown(item, step.unknown_fields);
    json["steps"].push_back(std::move(item));
  }
  add_unknown(json, story.unknown_fields);
  return json;
}

Result<Story> read_story(const Json& json, const std::string& where, const DocumentState& own) {
  JsonFields fields(json, where);
  if (!fields.status()) return fields.status().error();
  Story story;
  Json unknown = json_without(json, kStoryFields);
  if (const Json& start = fields.child("start"); !start.is_null()) {
    Json unknown_start = Json::object();
    if (Status status = read_state(start, where + ": start", story.start, unknown_start); !status)
      return status.error();
    unknown_start.update(json_without(start, kStateFields));
    if (!unknown_start.empty()) unknown["start"] = std::move(unknown_start);
  } else {
    story.start = own;
  }
  const Json& steps = fields.child("steps");
  if (!steps.is_null() && (!steps.is_array() || steps.size() > static_cast<std::size_t>(kMaxStorySteps)))
    return json_corrupt(where,
                        "'steps' must be a list of at most " + std::to_string(kMaxStorySteps) + " steps");
  for (const Json& item : steps) {
    const std::string step_where = where + ": step " + std::to_string(story.steps.size() + 1);
    Result<StoryStep> step = read_step(item, step_where);
    if (!step) return step.error();
    story.steps.push_back(std::move(*step));
  }
  if (!unknown.empty()) story.unknown_fields = json_text(unknown, -1);
  return story;
}

}  // namespace headscope
