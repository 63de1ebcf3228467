#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace headscope {

/// One character on its way through a tokenizer, and the bytes of the typed text it stands for. A character
/// that a normaliser put in stands for none: begin == end.
struct Symbol {
  char32_t value = 0;
  std::uint32_t begin = 0, end = 0;  ///< byte range in the typed text
  std::int16_t raw_byte = -1;  ///< the byte itself where the text is not well-formed UTF-8 (value: U+FFFD)
};
using SymbolText = std::vector<Symbol>;

/// Every code point of `text`; ranges tile it. REQUIRES: text is shorter than 4 GB.
SymbolText symbols_of(std::string_view text);

std::u32string u32_of(std::string_view text);

/// The characters as UTF-8, ill-formed bytes as U+FFFD.
std::string utf8_of(const SymbolText& symbols);

/// Appends `value`, which stands for the bytes [begin, end): its characters share them out in order.
void append_standing_for(SymbolText& out, const std::u32string& value, std::uint32_t begin,
                         std::uint32_t end);

}  // namespace headscope
