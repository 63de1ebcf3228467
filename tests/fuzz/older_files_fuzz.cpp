#include <algorithm>

#include "fuzz_input.h"
#include "tokenizers/load_tokenizer.h"

// Three files with a zero byte between them: vocab.json (or vocab.txt), merges.txt and tokenizer_config.json.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  namespace fs = std::filesystem;
  std::string_view rest = as_text(data, size);
  const auto next = [&] {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
  };
  const std::string_view vocabulary = next(), merges = next(), config = next();
  for (const bool bert : {false, true}) {
    const fs::path folder = fuzz_file(bert ? "bert" : "gpt2");
    fs::create_directories(folder);
    put_file(folder / (bert ? "vocab.txt" : "vocab.json"), vocabulary);
    if (!bert) put_file(folder / "merges.txt", merges);
    put_file(folder / "tokenizer_config.json", config);
    const auto tokenizer = load_tokenizer(folder);
    if (!tokenizer) {
      demand_sentence(tokenizer.error());
      continue;
    }
    for (const Token& token : (*tokenizer)->encode("ab a<mask> hello\xff"))
      demand(token.begin <= token.end && token.end <= 17, "a token lies in the text");
  }
  return 0;
}
