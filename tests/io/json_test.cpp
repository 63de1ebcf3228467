#include "io/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/quote.h"

namespace headscope {
namespace {

using testing::HasSubstr;

TEST(Json, a_fault_is_one_sentence_with_its_byte) {
  const auto json = parse_json("{\"a\": 1,}", "config.json");
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(json.error().code, ErrorCode::Corrupt);
  EXPECT_THAT(json.error().message, HasSubstr("'config.json' is not valid JSON at byte 9"));
  EXPECT_EQ(json.error().message.find('\n'), std::string::npos);
}

TEST(Json, numbers_that_no_double_holds_are_refused) {
  for (const char* text : {"NaN", "Infinity", "-Infinity", "1e999", "[1e400]"}) {
    EXPECT_FALSE(parse_json(text, "n").ok()) << text;
  }
}

TEST(Json, nesting_stops_at_the_limit_and_brackets_in_strings_do_not_count) {
  const std::string deep(65, '['), closed(65, ']');
  EXPECT_THAT(parse_json(deep + closed, "n").error().message, HasSubstr("deeper than 64 levels at byte 64"));
  EXPECT_TRUE(parse_json(deep.substr(1) + closed.substr(1), "n").ok());
  EXPECT_TRUE(parse_json("\"" + deep + "\\\"" + deep + "\"", "n").ok());
}

TEST(Json, keys_may_repeat_unless_they_must_be_unique) {
  EXPECT_EQ(*parse_json(R"({"a":1,"a":2})", "n"), (Json{{"a", 2}}));
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})", "n", {.unique_keys = true}).ok());
  EXPECT_TRUE(
      parse_json(R"({"a":{"b":1},"c":{"b":2},"d":[{"b":1},{"b":1}]})", "n", {.unique_keys = true}).ok());
}

TEST(Json, too_many_bytes_are_refused) {
  EXPECT_THAT(parse_json("[1,2,3]", "n", {.max_bytes = 6}).error().message, HasSubstr("holds 7 bytes"));
}

TEST(JsonFields, wrong_fields_name_key_expectation_and_finding) {
  const Json json =
      *parse_json(R"({"n": "six", "x": 1e300, "big": 18446744073709551615, "null": null})", "n");
  const auto message_of = [&](auto read) {
    JsonFields fields(json, "config.json");
    read(fields);
    return fields.status().ok() ? std::string() : fields.status().error().message;
  };
  EXPECT_EQ(message_of([](JsonFields& f) { f.integer("n", 1, 100); }),
            "config.json: 'n' must be a whole number from 1 to 100, found '\"six\"'");
  EXPECT_EQ(message_of([](JsonFields& f) { f.integer("m", 1, 100); }),
            "config.json: 'm' must be a whole number from 1 to 100, and is missing");
  EXPECT_THAT(message_of([](JsonFields& f) { f.integer("big", -1, 100); }),
              HasSubstr("found '18446744073709551615'"));
  EXPECT_THAT(message_of([](JsonFields& f) { f.number("x", 0, 1); }), HasSubstr("a number from 0.0 to 1.0"));
  EXPECT_EQ(message_of([](JsonFields& f) { EXPECT_EQ(f.integer("null", 1, 9, 7), 7); }), "");
  EXPECT_EQ(message_of([](JsonFields& f) { f.string("n"), f.boolean("absent", true); }), "");
}

TEST(JsonFields, only_the_first_fault_is_kept) {
  const Json json = Json::object();
  JsonFields fields(json, "f");
  fields.string("first");
  fields.string("second");
  EXPECT_THAT(fields.status().error().message, HasSubstr("'first'"));
}

TEST(JsonFields, what_is_not_an_object_is_said_once) {
  const Json json = Json::array();
  JsonFields fields(json, "f");
  EXPECT_EQ(fields.string("a"), "");
  EXPECT_EQ(fields.status().error().message, "f: expected a JSON object, found array");
}

TEST(Quote, broken_bytes_and_control_characters_are_written_out_and_long_text_is_cut) {
  EXPECT_EQ(quote("wte"), "'wte'");
  EXPECT_EQ(quote("a\nb\xff\xe4\xb8\xad"), "'a\\x0ab\\xff\xe4\xb8\xad'");
  EXPECT_EQ(quote(std::string(500, 'x'), 10), "'xxxxxxxxx…'");
}

}  // namespace
}  // namespace headscope
