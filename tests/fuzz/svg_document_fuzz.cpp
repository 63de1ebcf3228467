#include <string_view>

#include "export/embedded_document.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto document = document_in_svg(bytes, "fuzz.svg");
  if (!document) {
    demand_sentence(document.error());
    return 0;
  }
  demand(document->size() <= bytes.size(), "nothing is read that is not there");
  demand(document->size() <= kMaxEmbeddedBytes, "no document is longer than it may be");
  return 0;
}
