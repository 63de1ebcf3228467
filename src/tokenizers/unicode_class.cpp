#include "tokenizers/unicode_class.h"

#include <cstdint>

#include <unicode/uchar.h>

namespace headscope {

namespace {

bool is_in(char32_t c, std::uint32_t mask) {
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & mask) != 0;
}

}  // namespace

bool is_white_space(char32_t c) {
  return u_isUWhiteSpace(static_cast<UChar32>(c));
}

bool is_punctuation(char32_t c) {
  const bool ascii_sign = (c >= 0x21 && c <= 0x2F) || (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) ||
                          (c >= 0x7B && c <= 0x7E);
  return ascii_sign || is_in(c, U_GC_P_MASK);
}

bool is_numeric(char32_t c) {
  return is_in(c, U_GC_N_MASK);
}

bool is_word_character(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_ALPHABETIC) ||
         is_in(c, U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK) || c == 0x200C || c == 0x200D;
}

bool is_mark(char32_t c) {
  return is_in(c, U_GC_M_MASK);
}

bool is_accent(char32_t c) {
  return is_in(c, U_GC_MN_MASK);
}

}  // namespace headscope
