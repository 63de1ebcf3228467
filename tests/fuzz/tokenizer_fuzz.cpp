#include "fuzz_input.h"
#include "tokenizers/load_tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  const auto tokenizer = parse_tokenizer(as_text(data, size), "tokenizer.json");
  if (!tokenizer) {
    demand_sentence(tokenizer.error());
    return 0;
  }
  for (const std::string_view text :
       {"", " ", "hello a b\nhe llo", "<s>\xff\xe4\xb8\xad e\xcc\x81", "ab ab ab"}) {
    std::vector<TokenId> ids;
    for (const Token& token : (*tokenizer)->encode(text)) {
      demand(token.begin <= token.end && token.end <= text.size(), "a token lies in the text");
      ids.push_back(token.id);
      (void)(*tokenizer)->token_name(token.id);
      (void)(*tokenizer)->is_piece(token.id);
    }
    demand((*tokenizer)->decode(ids).size() < 1'000'000, "decoding ends");
  }
  (void)(*tokenizer)->suggest("h", 5);
  return 0;
}
