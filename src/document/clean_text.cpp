#include "document/clean_text.h"

#include "base/utf8.h"

namespace headscope {

Result<std::string> clean_text(std::string_view text) {
  // Bytes first: counting the characters of a gigabyte would already take too long. No code point is longer
  // than 4.
  std::size_t n_characters = text.size();
  if (n_characters > kMaxTextCharacters && n_characters <= 4 * kMaxTextCharacters) {
    n_characters = 0;
    for (std::size_t at = 0; at < text.size(); at += code_point_at(text, at).length) ++n_characters;
  }
  if (n_characters > kMaxTextCharacters) {
    return Error{ErrorCode::InvalidArgument,
                 "the text has more than " + std::to_string(kMaxTextCharacters) + " characters (" +
                     std::to_string(text.size()) + " bytes)",
                 "Take a part of it: a picture of attention shows a few hundred words at most"};
  }
  std::string clean = to_valid_utf8(text);
  std::erase(clean, '\0');
  return clean;
}

}  // namespace headscope
