#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "io/json.h"
#include "tokenizers/regex_matches.h"
#include "tokenizers/symbol_text.h"

/// The split expressions that GPT-2, Qwen 2 and Llama 3 published, as scanners written by hand: the same cuts
/// as the regular expression, many times faster. A scanner is chosen where the expression of a tokenizer.json
/// is one of these, letter for letter.
namespace headscope {

enum class KnownSplit { None, Gpt2, Qwen2, Llama3 };

/// What GPT-2 splits by: English contractions, letters, digits, other signs (each with the space before it),
/// spaces.
inline constexpr const char* kGpt2Split =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
/// Contractions in any case, one digit at a time, line breaks with what is before them.
inline constexpr const char* kQwen2Split =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
/// The same with up to three digits at a time.
inline constexpr const char* kLlama3Split =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

KnownSplit known_split(std::string_view expression);

/// The split of a pre_tokenizer that does nothing but one of these, isolated, and byte level without a space
/// in front; else None.
KnownSplit known_byte_level_split(const Json& pre_tokenizer);

/// Where the piece that begins at `begin` ends, in bytes. REQUIRES: split is not None, begin < text.size(),
/// text is valid UTF-8.
std::size_t piece_end(KnownSplit split, std::string_view text, std::size_t begin);

/// The pieces; they tile the text. REQUIRES: split is not None.
std::vector<Stretch> matches_of(KnownSplit split, const SymbolText& text);

}  // namespace headscope
