#pragma once

#include <algorithm>
#include <string>

#include "document/document_state.h"
#include "document/names.h"
#include "io/json.h"
#include "io/quote.h"

/// The parts that JSON files of documents and of stories share. Inside of src/document.
namespace headscope {

/// The fields of a state as an object; those that most documents do not use only when they say something.
Json state_json(const DocumentState& state);

/// Reads over `state`, whose values are the defaults. Fields of selection and view that are not known go to
/// `unknown`. Errors: Corrupt.
Status read_state(const Json& json, const std::string& where, DocumentState& state, Json& unknown);

/// Names of the fields that `state_json` may write.
inline constexpr const char* kStateFields[] = {
    "model",  "model_hash", "text",  "second_text", "input",     "interventions", "caption",
    "camera", "spotlight",  "notes", "view",        "selection", "temperature"};

/// "where: what", with the hint that all of them have.
Error json_corrupt(const std::string& where, const std::string& what);
/// A text that may stand in a document. Errors: Corrupt (too long).
Status read_json_text(JsonFields& fields, const std::string& where, const char* key, std::string& value);
/// A float as the shortest decimal number that reads back as it: 0.9, not 0.8999999761581421.
Json json_number(float value);

template <class Known>
Json json_without(const Json& object, const Known& known) {
  Json rest = Json::object();
  for (const auto& [key, value] : object.items()) {
    if (std::find(std::begin(known), std::end(known), key) == std::end(known)) rest[key] = value;
  }
  return rest;
}

template <class E>
Status read_json_choice(JsonFields& fields, const std::string& where, const char* key, E& value) {
  const std::string name = fields.string(key, std::string(name_of(value)));
  const std::optional<E> found = from_name<E>(name);
  if (!found) {
    std::string names;
    for (const std::string_view known : kNamesOf<E>) names.append(names.empty() ? "" : ", ").append(known);
    return json_corrupt(where,
                        "'" + std::string(key) + "' must be one of " + names + ", found " + quote(name, 40));
  }
  value = *found;
  return {};
}

}  // namespace headscope
