#include "document/document_json.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/version.h"
#include "document/command.h"
#include "document/command_fields.h"
#include "document/names.h"
#include "document/reduce.h"
#include "io/atomic_write.h"
#include "io/json.h"
#include "io/mapped_file.h"
#include "io/quote.h"

namespace headscope {

namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxHeads = 100'000;
constexpr std::size_t kMaxInterventions = 10'000;
constexpr int kMaxIndex = 1'000'000;

constexpr std::array kDocumentFields = {"headscope",     "program",   "model", "text",
                                        "interventions", "selection", "view"};
constexpr std::array kSelectionFields = {"heads", "mix", "query", "key"};
constexpr std::array kViewFields = {"kind",
                                    "weight_threshold",
                                    "top_k",
                                    "cumulative_mass",
                                    "scale",
                                    "hide_first_token",
                                    "hide_special_tokens",
                                    "renormalize",
                                    "show_labels",
                                    "theme",
                                    "palette",
                                    "matrix_colors",
                                    "present",
                                    "title",
                                    "subtitle"};

Error corrupt(const std::string& where, const std::string& what) {
  return {ErrorCode::Corrupt, where + ": " + what, "Open another document, or an older copy of this one"};
}

template <class Known>
Json without(const Json& object, const Known& known) {
  Json rest = Json::object();
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) rest[key] = value;
  }
  return rest;
}

template <class E>
Status read_choice(JsonFields& fields, const std::string& where, const char* key, E& value) {
  const std::string name = fields.string(key, std::string(name_of(value)));
  const std::optional<E> found = from_name<E>(name);
  if (!found) {
    std::string names;
    for (const std::string_view known : kNamesOf<E>) names.append(names.empty() ? "" : ", ").append(known);
    return corrupt(where,
                   "'" + std::string(key) + "' must be one of " + names + ", found " + quote(name, 40));
  }
  value = *found;
  return {};
}

Status read_text(JsonFields& fields, const std::string& where, const char* key, std::string& value) {
  Result<std::string> text = clean_text(fields.string(key, value));
  if (!text) return corrupt(where, "'" + std::string(key) + "': " + text.error().message);
  value = std::move(*text);
  return {};
}

Status read_selection(const Json& json, const std::string& where, Selection& selection) {
  JsonFields fields(json, where);
  if (!fields.status()) return fields.status();
  if (const Json& heads = fields.child("heads"); !heads.is_null()) {
    if (!heads.is_array() || heads.empty() || heads.size() > kMaxHeads) {
      return corrupt(
          where, "'heads' must be a list of 1 to " + std::to_string(kMaxHeads) + " heads such as \"2.5\"");
    }
    selection.heads.clear();
    for (const Json& item : heads) {
      if (!item.is_string()) return corrupt(where, "'heads' must hold texts such as \"2.5\"");
      const Result<HeadRef> head = parse_head(item.get_ref<const std::string&>());
      if (!head) return corrupt(where, head.error().message);
      if (head->layer > kMaxIndex || head->head > kMaxIndex)
        return corrupt(where, "there is no head " + to_string(*head));
      selection.heads.push_back(*head);
    }
    std::sort(selection.heads.begin(), selection.heads.end());
    selection.heads.erase(std::unique(selection.heads.begin(), selection.heads.end()), selection.heads.end());
  }
  if (fields.has("query")) selection.query = static_cast<int>(fields.integer("query", 0, kMaxIndex));
  if (fields.has("key")) selection.key = static_cast<int>(fields.integer("key", 0, kMaxIndex));
  if (Status status = read_choice(fields, where, "mix", selection.mix); !status) return status;
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
  view.show_labels = fields.boolean("show_labels", view.show_labels);
  view.present = fields.boolean("present", view.present);
  for (Status status :
       {read_choice(fields, where, "kind", view.kind), read_choice(fields, where, "scale", view.scale),
        read_choice(fields, where, "theme", view.theme), read_choice(fields, where, "palette", view.palette),
        read_choice(fields, where, "matrix_colors", view.matrix_colors),
        read_text(fields, where, "title", view.title), read_text(fields, where, "subtitle", view.subtitle)}) {
    if (!status) return status;
  }
  return fields.status();
}

Status read_interventions(const Json& json, const std::string& where,
                          std::vector<Intervention>& interventions) {
  if (!json.is_array() || json.size() > kMaxInterventions) {
    return corrupt(where, "must be a list of at most " + std::to_string(kMaxInterventions));
  }
  for (const Json& item : json) {
    JsonFields fields(item, where);
    if (!fields.status()) return fields.status();
    Intervention intervention;
    intervention.value = static_cast<float>(fields.number("value", -3.4e38, 3.4e38));
    intervention.target = fields.string("target");
    if (!fields.status()) return fields.status();
    Result<std::string> target = clean_text(intervention.target);
    if (!target) return corrupt(where, target.error().message);
    intervention.target = std::move(*target);
    interventions.push_back(std::move(intervention));
  }
  return {};
}

/// A float as the shortest decimal number that reads back as it: 0.9, not 0.8999999761581421.
Json number(float value) {
  return Json::parse(write_number(value));
}

}  // namespace

std::string document_text(const Document& document) {
  const Selection& selection = document.selection;
  const ViewOptions& view = document.view;
  Json heads = Json::array(), interventions = Json::array();
  for (const HeadRef& head : selection.heads) heads.push_back(to_string(head));
  for (const Intervention& intervention : document.interventions) {
    interventions.push_back({{"target", intervention.target}, {"value", number(intervention.value)}});
  }
  Json known = {{"headscope", kDocumentVersion},
                {"program", kVersion},
                {"model", document.model},
                {"text", document.text},
                {"interventions", std::move(interventions)},
                {"selection", {{"heads", std::move(heads)}, {"mix", name_of(selection.mix)}}},
                {"view",
                 {{"kind", name_of(view.kind)},
                  {"weight_threshold", number(view.weight_threshold)},
                  {"top_k", view.top_k},
                  {"cumulative_mass", number(view.cumulative_mass)},
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
  if (document.unknown_fields.empty()) return json_text(known) + "\n";
  Result<Json> all = parse_json(document.unknown_fields, "unknown fields");
  if (!all || !all->is_object()) return json_text(known) + "\n";
  all->update(known, true);
  return json_text(*all) + "\n";
}

Result<Document> parse_document(std::string_view text, std::string_view name) {
  Result<Json> json =
      parse_json(text, name, {.max_bytes = kMaxFileBytes, .max_depth = 32, .unique_keys = true});
  if (!json) return json.error();
  const std::string where(name);
  if (!json->is_object() || !json->contains("headscope")) {
    return Error{ErrorCode::Unsupported, "'" + where + "' is not a document of Headscope",
                 "Documents are JSON objects with \"headscope\": 1; open a checkpoint by its folder"};
  }
  JsonFields fields(*json, where);
  fields.integer("headscope", 1, kMaxIndex);
  Document document;
  if (Status status = read_text(fields, where, "model", document.model); !status) return status.error();
  if (Status status = read_text(fields, where, "text", document.text); !status) return status.error();
  if (!fields.status()) return fields.status().error();
  if (document.model.empty()) return corrupt(where, "'model' is empty");

  Json unknown = without(*json, kDocumentFields);
  if (const Json& selection = fields.child("selection"); !selection.is_null()) {
    if (Status status = read_selection(selection, where + ": selection", document.selection); !status)
      return status.error();
    if (Json rest = without(selection, kSelectionFields); !rest.empty())
      unknown["selection"] = std::move(rest);
  }
  if (const Json& view = fields.child("view"); !view.is_null()) {
    if (Status status = read_view(view, where + ": view", document.view); !status) return status.error();
    if (Json rest = without(view, kViewFields); !rest.empty()) unknown["view"] = std::move(rest);
  }
  if (const Json& interventions = fields.child("interventions"); !interventions.is_null()) {
    if (Status status = read_interventions(interventions, where + ": interventions", document.interventions);
        !status) {
      return status.error();
    }
  }
  if (!unknown.empty()) document.unknown_fields = json_text(unknown, -1);
  return document;
}

Result<Document> load_document(const std::filesystem::path& path) {
  Result<std::string> text = read_file(path, kMaxFileBytes);
  if (!text) return text.error();
  return parse_document(*text, path.filename().string());
}

Status save_document(const Document& document, const std::filesystem::path& path) {
  return write_file_atomically(path, document_text(document));
}

}  // namespace headscope
