#include "tokenizers/byte_level.h"

#include <cstdio>

#include "base/utf8.h"

namespace headscope {

namespace {

constexpr bool stands_for_itself(unsigned c) {
  return (c >= 0x21 && c <= 0x7E) || (c >= 0xA1 && c <= 0xAC) || (c >= 0xAE && c <= 0xFF);
}

constexpr int kLetters = 0x144;  // 256 + the 68 bytes that have no visible character of their own

struct Alphabet {
  std::array<char32_t, 256> character{};
  std::array<int, kLetters> byte{};
  constexpr Alphabet() {
    byte.fill(-1);
    char32_t next = 0x100;
    for (unsigned c = 0; c < 256; ++c) {
      character[c] = stands_for_itself(c) ? c : next++;
      byte[character[c]] = static_cast<int>(c);
    }
  }
};
constexpr Alphabet kAlphabet;
static_assert(kAlphabet.character[' '] == U'Ġ');

/// How many bytes from `begin` a decoder had to see before it knew that the sequence is broken.
std::size_t broken_length(std::string_view bytes, std::size_t begin) {
  const auto lead = static_cast<unsigned char>(bytes[begin]);
  const std::size_t needed = lead >= 0xF0 && lead <= 0xF4 ? 4 : lead >= 0xE0 && lead < 0xF0 ? 3 : 1;
  std::size_t length = 1;
  while (length < needed && begin + length < bytes.size()) {
    const auto next = static_cast<unsigned char>(bytes[begin + length]);
    unsigned low = 0x80, high = 0xBF;
    if (length == 1) {
      if (lead == 0xE0) low = 0xA0;
      if (lead == 0xED) high = 0x9F;
      if (lead == 0xF0) low = 0x90;
      if (lead == 0xF4) high = 0x8F;
    }
    if (next < low || next > high) break;
    ++length;
  }
  return length;
}

}  // namespace

char32_t character_of_byte(unsigned char byte) {
  return kAlphabet.character[byte];
}

std::optional<unsigned char> byte_of_character(char32_t c) {
  if (c >= kLetters || kAlphabet.byte[c] < 0) return std::nullopt;
  return static_cast<unsigned char>(kAlphabet.byte[c]);
}

std::string byte_token_name(int byte) {
  char name[8];
  std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte) & 0xFF);
  return name;
}

std::string bytes_of(const Symbol& symbol) {
  std::string bytes;
  if (symbol.raw_byte >= 0)
    bytes.push_back(static_cast<char>(symbol.raw_byte));
  else
    append_utf8(bytes, symbol.value);
  return bytes;
}

SymbolText to_byte_level(const SymbolText& text) {
  SymbolText result;
  result.reserve(text.size());
  for (const Symbol& symbol : text) {
    const std::string bytes = bytes_of(symbol);
    const auto n = static_cast<std::uint32_t>(bytes.size()), length = symbol.end - symbol.begin;
    for (std::uint32_t i = 0; i < n; ++i) {
      result.push_back({character_of_byte(static_cast<unsigned char>(bytes[i])),
                        symbol.begin + i * length / n, symbol.begin + (i + 1) * length / n, -1});
    }
  }
  return result;
}

std::string utf8_lossy(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size();) {
    const CodePoint point = code_point_at(bytes, i);
    append_utf8(text, point.value);
    i += point.well_formed ? point.length : broken_length(bytes, i);
  }
  return text;
}

}  // namespace headscope
