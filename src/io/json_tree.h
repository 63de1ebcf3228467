#pragma once

#include <string>
#include <vector>

#include "io/json.h"

namespace headscope {

/// Builds a value from the events of the JSON library's parser, as the library does itself: of a key that
/// comes twice the last value counts. For readers that take some of the events for themselves, because a tree
/// of them would cost more than what is made of it: they override an event and hand on what they do not want.
class JsonTree : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool string(string_t& value) override { return add(std::move(value)); }
  bool binary(binary_t&) override { return false; }  // JSON text has none
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool key(string_t& value) override;
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception& error) override;

  /// Why the parser stopped: its own words; "" where it did not. And the byte, or 0 where the parser names
  /// none.
  const std::string& reason() const { return reason_; }
  std::size_t error_byte() const { return error_byte_; }
  /// The value, once everything has been read.
  Json take() { return std::move(root_); }

 protected:
  /// How many objects and lists are open.
  std::size_t depth() const { return open_.size(); }

 private:
  Json& place(Json value);
  bool add(Json value);
  bool open(Json value);
  bool close();

  Json root_;
  std::vector<Json*> open_;
  std::string key_;  ///< of the value that comes next, in an object
  std::string reason_;
  std::size_t error_byte_ = 0;
};

/// Parses UTF-8 text, event by event. Limits and errors as parse_json, but for unique_keys.
Status parse_json_events(std::string_view text, std::string_view name, JsonTree& events,
                         const JsonLimits& limits = {});

}  // namespace headscope
