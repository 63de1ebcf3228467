#include "tokenizers/symbol_text.h"

#include "base/utf8.h"
#include "tokenizers/unicode_class.h"

namespace headscope {

SymbolText symbols_of(std::string_view text) {
  SymbolText symbols;
  symbols.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const CodePoint point = code_point_at(text, i);
    Symbol symbol{point.value, static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i + point.length),
                  -1};
    if (!point.well_formed) symbol.raw_byte = static_cast<unsigned char>(text[i]);
    symbols.push_back(symbol);
    i += point.length;
  }
  return symbols;
}

std::u32string u32_of(std::string_view text) {
  std::u32string result;
  for (const CodePoint& point : code_points(text)) result.push_back(point.value);
  return result;
}

std::string utf8_of(const SymbolText& symbols) {
  std::string text;
  for (const Symbol& symbol : symbols) append_utf8(text, symbol.value);
  return text;
}

void append_standing_for(SymbolText& out, const std::u32string& value, std::uint32_t begin,
                         std::uint32_t end) {
  // A mark that was taken off its letter stands for nothing: without it the letter still has all its bytes.
  const auto has_place = [&](std::size_t i) { return i == 0 || !is_mark(value[i]); };
  std::uint64_t n = 0, done = 0;
  for (std::size_t i = 0; i < value.size(); ++i) n += has_place(i);
  std::uint32_t at = begin;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const std::uint32_t from = at;
    if (has_place(i)) at = begin + static_cast<std::uint32_t>(++done * (end - begin) / n);
    out.push_back({value[i], from, at, -1});
  }
}

}  // namespace headscope
