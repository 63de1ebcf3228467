#pragma once

#include <array>
#include <optional>
#include <string>

#include "tokenizers/symbol_text.h"

/// GPT-2's alphabet: every byte has a visible character, so that a vocabulary of characters can spell any
/// bytes. Printable Latin-1 stands for itself; the other 68 bytes take U+0100, U+0101, … in order ("Ġ" is the
/// space).
namespace headscope {

char32_t character_of_byte(unsigned char byte);
std::optional<unsigned char> byte_of_character(char32_t c);

/// What SentencePiece calls the token of one byte: "<0x0A>".
std::string byte_token_name(int byte);

/// The UTF-8 of a character, or the byte itself where the text was ill-formed.
std::string bytes_of(const Symbol& symbol);

/// Each byte of each character as its own symbol; the bytes of one character share out its range.
SymbolText to_byte_level(const SymbolText& text);

/// Bytes as text, with each longest cut-off sequence written as one U+FFFD (Unicode 15, section 3.9,
/// "substitution of maximal subparts").
std::string utf8_lossy(std::string_view bytes);

}  // namespace headscope
