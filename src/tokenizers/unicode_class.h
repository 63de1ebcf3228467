#pragma once

/// The classes of characters that tokenizers cut by, as the libraries that trained them define them.
namespace headscope {

/// Unicode White_Space.
bool is_white_space(char32_t c);
/// ASCII signs and Unicode P* (so "$" and "+" count, "€" does not).
bool is_punctuation(char32_t c);
/// Unicode N*: digits, and numbers such as "Ⅷ" and "½".
bool is_numeric(char32_t c);
/// What \w matches: letters, marks, digits, "_" and the joiners.
bool is_word_character(char32_t c);
/// Unicode M*.
bool is_mark(char32_t c);
/// Unicode Mn: the accents that NFD takes off their letters.
bool is_accent(char32_t c);

}  // namespace headscope
