#include "fuzz_input.h"
#include "io/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  for (const bool unique_keys : {false, true}) {
    const auto json = parse_json(as_text(data, size), "fuzz.json", {.unique_keys = unique_keys});
    if (!json) {
      demand_sentence(json.error());
      continue;
    }
    const auto again = parse_json(json_text(*json), "again.json");
    demand(again.ok() && json_text(*again) == json_text(*json), "what is written reads back");
    JsonFields fields(*json, "fuzz.json");
    fields.integer("a", 0, 10);
    fields.number("b", 0, 1, 0.5);
    fields.string("c", "");
    fields.boolean("d", true);
    if (!fields.status()) demand_sentence(fields.status().error());
  }
  return 0;
}
