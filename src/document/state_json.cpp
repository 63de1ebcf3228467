#include "document/state_json.h"

#include <algorithm>
#include <array>

#include "document/argument_codec.h"
#include "document/command.h"
#include "document/limits.h"
#include "document/names.h"
#include "document/reduce.h"
#include "io/quote.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxHeads = 100'000;
constexpr std::size_t kMaxInterventions = 10'000;
constexpr std::size_t kMaxPlaces = 1'000;

constexpr std::array kSelectionFields = {"part", "heads", "mix", "query", "key"};
constexpr std::array kViewFields = {"kind",
                                    "weight_threshold",
                                    "top_k",
                                    "cumulative_mass",
                                    "scale",
                                    "hide_first_token",
                                    "hide_special_tokens",
                                    "renormalize",
                                    "merge_words",
                                    "show_labels",
                                    "theme",
                                    "palette",
                                    "matrix_colors",
                                    "present",
                                    "title",
                                    "subtitle"};

Status read_selection(const Json& json, const std::string& where, Selection& selection) {
  JsonFields fields(json, where);
  if (!fields.status()) return fields.status();
  if (const Json& heads = fields.child("heads"); !heads.is_null()) {
    if (!heads.is_array() || heads.empty() || heads.size() > kMaxHeads) {
      return json_corrupt(
          where, "'heads' must be a list of 1 to " + std::to_string(kMaxHeads) + " heads such as \"2.5\"");
    }
    selection.heads.clear();
    for (const Json& item : heads) {
      if (!item.is_string()) return json_corrupt(where, "'heads' must hold texts such as \"2.5\"");
      const Result<HeadRef> head = parse_head(item.get_ref<const std::string&>());
      if (!head) return json_corrupt(where, head.error().message);
      if (head->layer > kMaxIndex || head->head > kMaxIndex)
        return json_corrupt(where, "there is no head " + to_string(*head));
      selection.heads.push_back(*head);
    }
    std::sort(selection.heads.begin(), selection.heads.end());
    selection.heads.erase(std::unique(selection.heads.begin(), selection.heads.end()), selection.heads.end());
  }
  if (fields.has("query")) selection.query = static_cast<int>(fields.integer("query", 0, kMaxIndex));
  if (fields.has("key")) selection.key = static_cast<int>(fields.integer("key", 0, kMaxIndex));
  if (Status status = read_json_choice(fields, where, "mix", selection.mix); !status) return status;
  if (Status status = read_json_choice(fields, where, "part", selection.part); !status) return status;
  return fields.status();
}

Status read_view(const Json& json, const std::string& where, ViewOptions& view) {
  JsonFields fields(json, where);
  if (!fields.status()) return fields.status();
  const auto weight = [&](const char* key, double low, float fallback) {
    return static_cast<float>(fields.number(key, low, 1, fallback));
  };
  view.weight_threshold = weight("weight_threshold", 0, view.weight_threshold);
  view.cumulative_mass = weight("cumulative_mass", 0.0099, view.cumulative_mass);
  view.top_k = static_cast<int>(fields.integer("top_k", 0, kMaxIndex, view.top_k));
  view.hide_first_token = fields.boolean("hide_first_token", view.hide_first_token);
  view.hide_special_tokens = fields.boolean("hide_special_tokens", view.hide_special_tokens);
  view.renormalize = fields.boolean("renormalize", view.renormalize);
  view.merge_words = fields.boolean("merge_words", view.merge_words);
  view.show_labels = fields.boolean("show_labels", view.show_labels);
  view.present = fields.boolean("present", view.present);
  for (Status status : {read_json_choice(fields, where, "kind", view.kind),
                        read_json_choice(fields, where, "scale", view.scale),
                        read_json_choice(fields, where, "theme", view.theme),
                        read_json_choice(fields, where, "palette", view.palette),
                        read_json_choice(fields, where, "matrix_colors", view.matrix_colors),
                        read_json_text(fields, where, "title", view.title),
                        read_json_text(fields, where, "subtitle", view.subtitle)}) {
    if (!status) return status;
  }
  return fields.status();
}

Status read_interventions(const Json& json, const std::string& where,
                          std::vector<Intervention>& interventions) {
  if (!json.is_array() || json.size() > kMaxInterventions) {
    return json_corrupt(where, "must be a list of at most " + std::to_string(kMaxInterventions));
  }
  for (const Json& item : json) {
    JsonFields fields(item, where);
    if (!fields.status()) return fields.status();
    Intervention intervention;
    intervention.value = static_cast<float>(fields.number("value", -3.4e38, 3.4e38));
    intervention.target = fields.string("target");
    if (!fields.status()) return fields.status();
    Result<std::string> target = clean_text(intervention.target);
    if (!target) return json_corrupt(where, target.error().message);
    intervention.target = std::move(*target);
    interventions.push_back(std::move(intervention));
  }
  return {};
}

Status read_camera(const Json& json, const std::string& where, CameraChoice& camera) {
  JsonFields fields(json, where);
  if (!fields.status()) return fields.status();
  camera.zoom = static_cast<float>(fields.number("zoom", kMinCameraZoom, kMaxCameraZoom, 1));
  camera.x = static_cast<float>(fields.number("x", -10, 10, 0));
  camera.y = static_cast<float>(fields.number("y", -10, 10, 0));
  const Result<Place> at = parse_place(fields.string("at", "all"));
  if (!fields.status()) return fields.status();
  if (!at) return json_corrupt(where, at.error().message);
  camera.at = *at;
  return {};
}

Status read_spotlight(const Json& json, const std::string& where, std::vector<Place>& spotlight) {
  if (!json.is_array() || json.size() > kMaxPlaces)
    return json_corrupt(where, "must be a list of at most " + std::to_string(kMaxPlaces) + " places");
  for (const Json& item : json) {
    if (!item.is_string()) return json_corrupt(where, "must hold texts such as \"token 5\"");
    const Result<Place> place = parse_place(item.get_ref<const std::string&>());
    if (!place) return json_corrupt(where, place.error().message);
    if (place->kind != Place::Kind::All) spotlight.push_back(*place);
  }
  return {};
}

Status read_notes(const Json& json, const std::string& where, std::vector<Note>& notes) {
  if (!json.is_array() || json.size() > kMaxPlaces)
    return json_corrupt(where, "must be a list of at most " + std::to_string(kMaxPlaces) + " notes");
  for (const Json& item : json) {
    JsonFields fields(item, where);
    if (!fields.status()) return fields.status();
    const Result<Place> at = parse_place(fields.string("at"));
    Note note;
    if (Status status = read_json_text(fields, where, "text", note.text); !status) return status;
    if (!fields.status()) return fields.status();
    if (!at) return json_corrupt(where, at.error().message);
    note.at = *at;
    notes.push_back(std::move(note));
  }
  return {};
}

}  // namespace

Error json_corrupt(const std::string& where, const std::string& what) {
  return {ErrorCode::Corrupt, where + ": " + what, "Open another document, or an older copy of this one"};
}

Status read_json_text(JsonFields& fields, const std::string& where, const char* key, std::string& value) {
  Result<std::string> text = clean_text(fields.string(key, value));
  if (!text) return json_corrupt(where, "'" + std::string(key) + "': " + text.error().message);
  value = std::move(*text);
  return {};
}

Json json_number(float value) {
  return Json::parse(write_number(value));
}

Status read_state(const Json& json, const std::string& where, DocumentState& state, Json& unknown) {
  JsonFields fields(json, where);
  if (!fields.status()) return fields.status();
  for (const auto& [key, value] : {std::pair{"model", &state.model},
                                   {"model_hash", &state.model_hash},
                                   {"text", &state.text},
                                   {"input", &state.input},
                                   {"second_text", &state.second_text},
                                   {"caption", &state.caption}}) {
    if (Status status = read_json_text(fields, where, key, *value); !status) return status;
  }
  state.temperature = static_cast<float>(
      fields.number("temperature", kMinTemperature, kMaxTemperature, double{state.temperature}));
  if (!fields.status()) return fields.status();
  if (state.model.empty()) return json_corrupt(where, "'model' is empty");

  if (const Json& selection = fields.child("selection"); !selection.is_null()) {
    if (Status status = read_selection(selection, where + ": selection", state.selection); !status)
      return status;
    if (Json rest = json_without(selection, kSelectionFields); !rest.empty())
      unknown["selection"] = std::move(rest);
  }
  if (const Json& view = fields.child("view"); !view.is_null()) {
    if (Status status = read_view(view, where + ": view", state.view); !status) return status;
    if (Json rest = json_without(view, kViewFields); !rest.empty()) unknown["view"] = std::move(rest);
  }
  const auto read = [&](const char* key, auto&& reader, auto& value) -> Status {
    const Json& child = fields.child(key);
    return child.is_null() ? Status{} : reader(child, where + ": " + key, value);
  };
  if (Status status = read("interventions", read_interventions, state.interventions); !status) return status;
  if (Status status = read("camera", read_camera, state.camera); !status) return status;
  if (Status status = read("spotlight", read_spotlight, state.spotlight); !status) return status;
  return read("notes", read_notes, state.notes);
}

Json state_json(const DocumentState& state) {
  const Selection& selection = state.selection;
  const ViewOptions& view = state.view;
  Json heads = Json::array(), interventions = Json::array();
  for (const HeadRef& head : selection.heads) heads.push_back(to_string(head));
  for (const Intervention& intervention : state.interventions) {
    interventions.push_back({{"target", intervention.target}, {"value", json_number(intervention.value)}});
  }
  Json known = {{"model", state.model},
                {"text", state.text},
                {"interventions", std::move(interventions)},
                {"selection", {{"heads", std::move(heads)}, {"mix", name_of(selection.mix)}}},
                {"view",
                 {{"kind", name_of(view.kind)},
                  {"weight_threshold", json_number(view.weight_threshold)},
                  {"top_k", view.top_k},
                  {"cumulative_mass", json_number(view.cumulative_mass)},
                  {"scale", name_of(view.scale)},
                  {"hide_first_token", view.hide_first_token},
                  {"hide_special_tokens", view.hide_special_tokens},
                  {"renormalize", view.renormalize},
                  {"show_labels", view.show_labels},
                  {"theme", name_of(view.theme)},
                  {"palette", name_of(view.palette)},
                  {"matrix_colors", name_of(view.matrix_colors)},
                  {"present", view.present},
                  {"title", view.title},
                  {"subtitle", view.subtitle}}}};
  if (selection.query) known["selection"]["query"] = *selection.query;
  if (selection.key) known["selection"]["key"] = *selection.key;
  // What most documents do not use is left out, so that they stay short to read.
  if (!state.model_hash.empty()) known["model_hash"] = state.model_hash;
  if (!state.input.empty()) known["input"] = state.input;
  if (!state.second_text.empty()) known["second_text"] = state.second_text;
  if (selection.part != ShownPart::Encoder) known["selection"]["part"] = name_of(selection.part);
  if (view.merge_words) known["view"]["merge_words"] = true;
  if (!state.caption.empty()) known["caption"] = state.caption;
  if (state.temperature != 1) known["temperature"] = json_number(state.temperature);
  if (const CameraChoice& camera = state.camera; !(camera == CameraChoice{})) {
    known["camera"] = {{"at", to_string(camera.at)}, {"zoom", json_number(camera.zoom)}};
    if (camera.x != 0) known["camera"]["x"] = json_number(camera.x);
    if (camera.y != 0) known["camera"]["y"] = json_number(camera.y);
  }
  for (const Place& place : state.spotlight) known["spotlight"].push_back(to_string(place));
  for (const Note& note : state.notes)
    known["notes"].push_back({{"at", to_string(note.at)}, {"text", note.text}});
  return known;
}

}  // namespace headscope
