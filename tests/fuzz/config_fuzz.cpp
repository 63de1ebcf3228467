#include "fuzz_input.h"
#include "io/json.h"
#include "models/family.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto json = parse_json(as_text(data, size), "config.json");
  if (!json) return 0;
  const auto family = read_family(*json);
  if (!family) demand_sentence(family.error());
  return 0;
}
