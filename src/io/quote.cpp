#include "io/quote.h"

#include "base/utf8.h"

namespace headscope {

namespace {

void append_escaped(std::string& out, unsigned char byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\x";
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

}  // namespace

std::string quote(std::string_view text, std::size_t max_bytes) {
  std::string result = "'";
  std::size_t i = 0;
  while (i < text.size() && result.size() < max_bytes) {
    const CodePoint point = code_point_at(text, i);
    const bool control = point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0);
    if (point.well_formed && !control) {
      result += text.substr(i, point.length);
    } else {
      for (std::size_t k = 0; k < point.length; ++k)
        append_escaped(result, static_cast<unsigned char>(text[i + k]));
    }
    i += point.length;
  }
  if (i < text.size()) result += "…";
  return result + "'";
}

}  // namespace headscope
