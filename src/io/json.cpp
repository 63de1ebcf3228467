#include "io/json.h"

#include <cmath>
#include <set>
#include <utility>

#include "io/json_tree.h"
#include "io/mapped_file.h"
#include "io/quote.h"

namespace headscope {

namespace {

struct DuplicateKey {
  std::string key;
};

/// Byte offset of the bracket that opens level max_depth + 1, if there is one. The parser itself keeps no
/// such limit.
std::optional<std::size_t> too_deep_at(std::string_view text, int max_depth) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_depth) return i;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return std::nullopt;
}

/// "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while parsing value -
/// invalid literal; last read: 'x'" becomes "invalid literal; last read: 'x'".
std::string reason_of(const std::string& what) {
  std::string_view reason = what;
  for (const std::string_view mark :
       {std::string_view(" - "), std::string_view(": "), std::string_view("] ")}) {
    if (const auto at = reason.find(mark); at != std::string::npos) {
      reason.remove_prefix(at + mark.size());
      break;
    }
  }
  const std::string one_line = quote(reason, 160);
  return one_line.substr(1, one_line.size() - 2);
}

Error corrupt_json(std::string_view name, const std::string& what) {
  return {ErrorCode::Corrupt, quote(name, 300) + " " + what, "Write or download the file again"};
}

Json parse_with_unique_keys(std::string_view text) {
  std::vector<std::set<std::string>> keys_of_open_objects;
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) keys_of_open_objects.emplace_back();
    if (event == Json::parse_event_t::object_end) keys_of_open_objects.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys_of_open_objects.back().insert(key).second) throw DuplicateKey{key};
    }
    return true;
  };
  return Json::parse(text, watch);
}

/// What is looked at before anything is parsed.
Status check_text(std::string_view text, std::string_view name, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return corrupt_json(name, "holds " + std::to_string(text.size()) + " bytes of JSON; at most " +
                                  std::to_string(limits.max_bytes) + " are read here");
  }
  if (const auto at = too_deep_at(text, limits.max_depth)) {
    return corrupt_json(name, "nests lists and objects deeper than " + std::to_string(limits.max_depth) +
                                  " levels at byte " + std::to_string(*at));
  }
  // The parser would take a zero byte for the end and not look behind it.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    return corrupt_json(name, "is not valid JSON at byte " + std::to_string(zero + 1) + ": a zero byte");
  }
  return {};
}

/// `byte` 0: the parser names none.
Error not_json(std::string_view name, std::size_t byte, const std::string& what) {
  const std::string at = byte > 0 ? " at byte " + std::to_string(byte) : "";
  return corrupt_json(name, "is not valid JSON" + at + ": " + reason_of(what));
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view name, const JsonLimits& limits) {
  if (Status status = check_text(text, name, limits); !status) return status.error();
  try {
    return limits.unique_keys ? parse_with_unique_keys(text) : Json::parse(text);
  } catch (const DuplicateKey& duplicate) {
    return corrupt_json(name, "names the key " + quote(duplicate.key) + " twice");
  } catch (const Json::parse_error& error) {
    return not_json(name, error.byte, error.what());
  } catch (const Json::exception& error) {
    return not_json(name, 0, error.what());
  }
}

Status parse_json_events(std::string_view text, std::string_view name, JsonTree& events,
                         const JsonLimits& limits) {
  if (Status status = check_text(text, name, limits); !status) return status;
  if (Json::sax_parse(text, &events)) return {};
  return not_json(name, events.error_byte(), events.reason());
}

Result<Json> read_json(const std::filesystem::path& path, const JsonLimits& limits) {
  Result<MappedFile> file = MappedFile::open(path);
  if (!file) return file.error();
  return parse_json(file->text(), path.string(), limits);
}

std::string json_text(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// ---- JsonFields ----

JsonFields::JsonFields(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
  if (!object_.is_object()) {
    status_ = Error{ErrorCode::Corrupt, where_ + ": expected a JSON object, found " + object_.type_name(),
                    "Write or download the file again"};
  }
}

const Json* JsonFields::find(std::string_view key) const {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(std::string(key));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::fault(std::string_view key, const std::string& expected) {
  if (!status_) return;
  const Json* value = find(key);
  status_ = Error{ErrorCode::Corrupt,
                  where_ + ": '" + std::string(key) + "' must be " + expected +
                      (value ? ", found " + quote(json_text(*value, -1), 60) : ", and is missing"),
                  "Check that the file belongs to this program and is complete"};
}

std::int64_t JsonFields::integer(std::string_view key, std::int64_t low, std::int64_t high,
                                 std::optional<std::int64_t> fallback) {
  const Json* value = find(key);
  if (!value && fallback) return *fallback;
  // Unsigned values above the signed range must not wrap into it.
  const bool fits = value && (value->is_number_unsigned()
                                  ? value->get<std::uint64_t>() <=
                                        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
                                  : value->is_number_integer());
  if (fits) {
    const auto found = value->get<std::int64_t>();
    if (found >= low && found <= high) return found;
  }
  fault(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return fallback.value_or(0);
}

double JsonFields::number(std::string_view key, double low, double high, std::optional<double> fallback) {
  const Json* value = find(key);
  if (!value && fallback) return *fallback;
  if (value && value->is_number()) {
    const auto found = value->get<double>();
    if (std::isfinite(found) && found >= low && found <= high) return found;
  }
  fault(key, "a number from " + Json(low).dump() + " to " + Json(high).dump());
  return fallback.value_or(0);
}

bool JsonFields::boolean(std::string_view key, std::optional<bool> fallback) {
  const Json* value = find(key);
  if (!value && fallback) return *fallback;
  if (value && value->is_boolean()) return value->get<bool>();
  fault(key, "true or false");
  return fallback.value_or(false);
}

std::string JsonFields::string(std::string_view key, std::optional<std::string> fallback) {
  const Json* value = find(key);
  if (!value && fallback) return *fallback;
  if (value && value->is_string()) return value->get<std::string>();
  fault(key, "a text");
  return fallback.value_or("");
}

const Json& JsonFields::child(std::string_view key) const {
  static const Json kNull;
  const Json* value = find(key);
  return value ? *value : kNull;
}

}  // namespace headscope
