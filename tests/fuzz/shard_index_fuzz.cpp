#include <array>

#include "fuzz_input.h"
#include "io/safetensors_writer.h"
#include "io/tensor_source.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  static const bool written = [] {
    constexpr std::array<float, 1> kValue = {1};
    bool ok = true;
    for (const char* name : {"a", "b"}) {
      const FloatTensor tensor{{name, DType::F32, {1}}, kValue};
      ok = ok && write_safetensors(fuzz_file(std::string(name) + ".safetensors"), std::span(&tensor, 1)).ok();
    }
    return ok;
  }();
  demand(written, "the shards are there");
  put_file(fuzz_file("model.safetensors.index.json"), as_text(data, size));
  const auto source = TensorSource::open(fuzz_file("model.safetensors.index.json"));
  if (!source)
    demand_sentence(source.error());
  else
    demand(!source->names().empty(), "an index names a tensor");
  return 0;
}
