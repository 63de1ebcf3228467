#include "document/document_json.h"
#include "fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto document = parse_document(as_text(data, size), "fuzz.headscope");
  if (!document) {
    demand_sentence(document.error());
    return 0;
  }
  const auto again = parse_document(document_text(*document), "again.headscope");
  demand(again.ok(), "a document that was read can be written and read");
  demand(document_text(*again) == document_text(*document), "and stays the same");
  return 0;
}
