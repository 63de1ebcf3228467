#include "document/follow_token.h"

#include <algorithm>

namespace headscope {

namespace {

/// How many bytes two texts share from the left, then from the right.
struct Common {
  std::size_t prefix = 0, suffix = 0;
};
Common common_ends(std::string_view before, std::string_view after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  Common same;
  while (same.prefix < shorter && before[same.prefix] == after[same.prefix]) ++same.prefix;
  while (same.suffix < shorter - same.prefix &&
         before[before.size() - 1 - same.suffix] == after[after.size() - 1 - same.suffix])
    ++same.suffix;
  return same;
}

/// The last token that begins at or before a byte, of those that have bytes.
int token_at(std::size_t byte, std::span<const ByteRange> tokens) {
  int found = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i].begin < tokens[i].end && tokens[i].begin <= byte) found = static_cast<int>(i);
  return found;
}

}  // namespace

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
  const std::size_t old_size = before.text.size(), new_size = after.text.size();
  const auto [prefix, suffix] = common_ends(before.text, after.text);

  // The last byte stands for the token: its first one is often a space, which belongs to no word.
  std::size_t at = token.end - 1;
  if (at >= old_size - suffix) {
    at += new_size - old_size;
  } else if (at >= prefix) {
    at = std::min(at, std::max<std::size_t>(std::max(prefix, new_size - suffix), 1) - 1);
  }
  return token_at(at, after.tokens);
}

int follow_writing(int index, const TokenizedText& before, const TokenizedText& after) {
  const int followed = follow_token(index, before, after);
  if (index < 0 || index >= static_cast<int>(before.tokens.size())) return followed;
  const ByteRange token = before.tokens[static_cast<std::size_t>(index)];
  const auto [prefix, suffix] = common_ends(before.text, after.text);
  const bool leads = token.end == 0;  // one that the model puts in front
  const std::size_t written_end = after.text.size() - suffix;
  if (written_end == prefix || (!leads && before.text.size() - suffix <= token.begin)) return followed;
  return std::max(followed, token_at(written_end - 1, after.tokens));
}

}  // namespace headscope
