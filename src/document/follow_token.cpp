#include "document/follow_token.h"

#include <algorithm>

namespace headscope {

int follow_token(int index, const TokenizedText& before, const TokenizedText& after) {
  const int n_before = static_cast<int>(before.tokens.size()),
            n_after = static_cast<int>(after.tokens.size());
  if (n_after == 0 || index < 0) return 0;
  if (index >= n_before) return n_after - 1;
  const ByteRange token = before.tokens[static_cast<std::size_t>(index)];
  if (token.begin == token.end) {  // added ones stand at the beginning or at the end, whatever the text is
    return std::clamp(token.begin == 0 && index < n_before / 2 + 1 ? index : n_after - (n_before - index), 0,
                      n_after - 1);
  }
  const std::size_t old_size = before.text.size(), new_size = after.text.size(),
                    shorter = std::min(old_size, new_size);
  std::size_t prefix = 0, suffix = 0;
  while (prefix < shorter && before.text[prefix] == after.text[prefix]) ++prefix;
  while (suffix < shorter - prefix && before.text[old_size - 1 - suffix] == after.text[new_size - 1 - suffix])
    ++suffix;

  // The last byte stands for the token: its first one is often a space, which belongs to no word.
  std::size_t at = token.end - 1;
  if (at >= old_size - suffix) {
    at += new_size - old_size;
  } else if (at >= prefix) {
    at = std::min(at, std::max<std::size_t>(std::max(prefix, new_size - suffix), 1) - 1);
  }
  int found = 0;
  for (int i = 0; i < n_after; ++i) {
    const ByteRange candidate = after.tokens[static_cast<std::size_t>(i)];
    if (candidate.begin < candidate.end && candidate.begin <= at) found = i;
  }
  return found;
}

}  // namespace headscope
