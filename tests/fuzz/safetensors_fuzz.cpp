#include "fuzz_input.h"
#include "io/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto file = SafetensorsFile::parse(as_bytes(data, size), "fuzz.safetensors");
  if (!file) {
    demand_sentence(file.error());
    return 0;
  }
  std::size_t covered = 0;
  for (const TensorView& tensor : file->tensors()) {
    covered += tensor.bytes.size();
    demand(file->find(tensor.name) != nullptr, "every tensor can be found");
    const auto values = to_float(tensor);
    demand(!values || values->size() == static_cast<std::size_t>(tensor.n_elements()),
           "every number is converted");
    const auto integers = to_int64(tensor);
    if (!integers) demand_sentence(integers.error());
  }
  demand(covered < size, "tensors lie in the file");
  return 0;
}
