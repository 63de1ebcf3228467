#include "fuzz_input.h"
#include "tokenizers/load_tokenizer.h"

// Any bytes as text, with each tokenizer of the other target's seeds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace headscope;
  static const std::vector<TokenizerPtr> tokenizers = [] {
    std::vector<TokenizerPtr> list;
    for (const char* name :
         {"byte_level.json", "byte_fallback.json", "words.json", "word_piece.json", "unigram.json"}) {
      const auto tokenizer = load_tokenizer(std::filesystem::path(HEADSCOPE_SEEDS_DIR) / "tokenizer" / name);
      if (!tokenizer) std::fprintf(stderr, "%s\n", tokenizer.error().message.c_str());
      demand(tokenizer.ok(), "the seeds are tokenizers");
      list.push_back(*tokenizer);
    }
    return list;
  }();
  const std::string_view text = as_text(data, size);
  for (std::size_t which = 0; which < tokenizers.size(); ++which) {
    const TokenizerPtr& tokenizer = tokenizers[which];
    const bool tiles = which < 3;  // the others drop white space
    std::vector<TokenId> ids;
    std::size_t end = 0;
    for (const Token& token : tokenizer->encode(text, false)) {
      demand(tiles ? token.begin == end : token.begin >= end, "tokens follow each other");
      demand(token.end >= token.begin, "a token does not end before it begins");
      end = token.end;
      ids.push_back(token.id);
    }
    demand(tiles ? end == text.size() : end <= text.size(), "tokens reach the end of the text");
    const std::string decoded = tokenizer->decode(ids, false);
    if (is_valid_utf8(text)) demand(is_valid_utf8(decoded), "text decodes to text");
  }
  return 0;
}
