#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace headscope {

/// Objects keep their keys sorted, so equal values give equal text.
using Json = nlohmann::json;

struct JsonLimits {
  std::size_t max_bytes = std::size_t{256} << 20;
  int max_depth = 64;  ///< of nested lists and objects
  bool unique_keys =
      false;  ///< true: an object that names a key twice is an error; false: the last one counts
};

/// Parses UTF-8 text. `name` is what the sentence of an error calls it: "'config.json' is not valid JSON at
/// byte 17: …". Errors: Corrupt.
Result<Json> parse_json(std::string_view text, std::string_view name, const JsonLimits& limits = {});

/// Errors: as MappedFile::open, and Corrupt.
Result<Json> read_json(const std::filesystem::path& path, const JsonLimits& limits = {});

/// Indented by two spaces unless `indent` says otherwise (-1: one line). Ill-formed UTF-8 becomes U+FFFD.
std::string json_text(const Json& value, int indent = 2);

/// Reads the fields of one object and keeps the first fault, so that a reader asks for all of them and checks
/// once.
///   JsonFields fields(json, "config.json");
///   shape.n_layers = fields.integer("num_hidden_layers", 1, 10'000);
///   if (!fields.status()) return fields.status().error();
/// A field that is missing or wrong gives its fallback, or 0, false, "" where none was named (then it is a
/// fault: "config.json: 'num_hidden_layers' must be a whole number from 1 to 10000, found \"six\""). `object`
/// must outlive this.
class JsonFields {
 public:
  JsonFields(const Json& object, std::string where);

  /// Whether the field is there and is not null.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high,
                       std::optional<std::int64_t> fallback = {});
  /// Finite by nature: JSON has no other numbers, and those too large for a double are refused when parsed.
  double number(std::string_view key, double low, double high, std::optional<double> fallback = {});
  bool boolean(std::string_view key, std::optional<bool> fallback = {});
  std::string string(std::string_view key, std::optional<std::string> fallback = {});
  /// The object or list below `key`; null Json when it is not there. Check its type before use.
  const Json& child(std::string_view key) const;

  const Status& status() const { return status_; }

 private:
  const Json* find(std::string_view key) const;
  void fault(std::string_view key, const std::string& expected);

  const Json& object_;
  std::string where_;
  Status status_;
};

}  // namespace headscope
