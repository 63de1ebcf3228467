#include "fuzz_input.h"
#include "models/trace_dump.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  put_file(fuzz_file("inputs.safetensors"), as_text(data, size));
  const auto input = read_token_input(fuzz_file("inputs.safetensors"));
  if (!input) demand_sentence(input.error());
  return 0;
}
