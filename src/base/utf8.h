#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// UTF-8 as it comes from keyboards, clipboards and files: possibly broken, never trusted. The Unicode
/// Standard, chapter 3, "Unicode Encoding Forms", table 3-7.
namespace headscope {

inline constexpr char32_t kReplacementCharacter = 0xFFFD;

struct CodePoint {
  char32_t value = 0;      ///< kReplacementCharacter where the bytes are not well formed
  std::size_t begin = 0;   ///< byte offset in the text
  std::size_t length = 1;  ///< bytes it takes (1 for each byte of an ill-formed sequence)
  bool well_formed = true;
};

/// The code point that starts at byte `begin`. REQUIRES: begin < text.size().
CodePoint code_point_at(std::string_view text, std::size_t begin);

/// Every code point of `text`, in order; their byte ranges tile the text.
std::vector<CodePoint> code_points(std::string_view text);

bool is_valid_utf8(std::string_view text);

/// With A to Z as a to z; every other byte as it is.
std::string ascii_lower(std::string_view text);

/// `text` with every ill-formed byte replaced by U+FFFD; valid text comes back unchanged.
std::string to_valid_utf8(std::string_view text);

void append_utf8(std::string& out, char32_t code_point);

/// The largest n ≤ max_bytes that does not cut a code point in two.
std::size_t utf8_floor(std::string_view text, std::size_t max_bytes);

}  // namespace headscope
