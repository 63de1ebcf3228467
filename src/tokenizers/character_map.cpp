#include "tokenizers/character_map.h"

#include <algorithm>
#include <memory>

#include <unicode/brkiter.h>
#include <unicode/unistr.h>

#include "base/utf8.h"
#include "tokenizers/vocabulary.h"

namespace headscope {

namespace {

constexpr std::size_t kLongGrapheme = 6;  // bytes; from here on characters are looked up one by one

std::optional<std::string> decode_base64(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int n_bits = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (const char c : text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = ((bits << 6) | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
    n_bits += 6;
    if (n_bits >= 8) {
      n_bits -= 8;
      bytes.push_back(static_cast<char>((bits >> n_bits) & 0xFF));
    }
  }
  return bytes;
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// One unit of the double array: a label in the low byte and bit 31, bit 8 when an entry ends here, and the
// offset of the children in the bits from 10 on, times 256 where bit 9 is set.
bool ends_entry(std::uint32_t unit) {
  return ((unit >> 8) & 1) != 0;
}
std::uint32_t label(std::uint32_t unit) {
  return unit & 0x800000FF;
}
std::uint32_t offset(std::uint32_t unit) {
  return (unit >> 10) << ((unit & 0x200) >> 6);
}

/// The ends of the graphemes of `text`, as indices of symbols.
std::vector<std::size_t> grapheme_ends(const SymbolText& text) {
  std::vector<std::size_t> ends;
  ends.reserve(text.size());
  const bool is_ascii =
      std::all_of(text.begin(), text.end(), [](const Symbol& symbol) { return symbol.value < 0x80; });
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> breaks;
  if (!is_ascii) {
    breaks.reset(icu::BreakIterator::createCharacterInstance(icu::Locale::getRoot(), status));
    if (U_FAILURE(status)) breaks.reset();
  }
  if (!breaks) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool goes_on = text[i].value == U'\r' && i + 1 < text.size() && text[i + 1].value == U'\n';
      if (!goes_on) ends.push_back(i + 1);
    }
    return ends;
  }
  icu::UnicodeString units;
  std::vector<std::size_t> symbol_of_unit;
  for (std::size_t i = 0; i < text.size(); ++i) {
    units.append(static_cast<UChar32>(text[i].value));
    symbol_of_unit.resize(static_cast<std::size_t>(units.length()), i);
  }
  symbol_of_unit.push_back(text.size());
  breaks->setText(units);
  breaks->first();
  for (int32_t end = breaks->next(); end != icu::BreakIterator::DONE; end = breaks->next())
    ends.push_back(symbol_of_unit[static_cast<std::size_t>(end)]);
  return ends;
}

}  // namespace

Result<CharacterMap> CharacterMap::read(std::string_view base64, const std::string& file) {
  const auto corrupt = [&](const std::string& what) {
    return corrupt_tokenizer(file, "precompiled_charsmap " + what);
  };
  CharacterMap map;
  const std::optional<std::string> bytes = decode_base64(base64);
  if (!bytes) return corrupt("is not base64");
  if (bytes->empty()) return map;  // SentencePiece's "identity"
  if (bytes->size() < 4) return corrupt("has no header");
  const std::size_t trie_bytes = little_endian(*bytes, 0);
  if (trie_bytes % 4 != 0 || trie_bytes > bytes->size() - 4) {
    return corrupt("has a trie of " + std::to_string(trie_bytes) + " bytes in " +
                   std::to_string(bytes->size() - 4));
  }
  for (std::size_t at = 4; at < 4 + trie_bytes; at += 4) map.units_.push_back(little_endian(*bytes, at));
  map.replacements_ = bytes->substr(4 + trie_bytes);
  if (!is_valid_utf8(map.replacements_)) return corrupt("has replacements that are not UTF-8");
  return map;
}

std::optional<std::string_view> CharacterMap::find(std::string_view text) const {
  if (units_.empty()) return std::nullopt;
  std::size_t node = offset(units_[0]);
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    node ^= byte;
    if (byte == 0 || node >= units_.size() || label(units_[node]) != byte) return std::nullopt;
    const std::uint32_t unit = units_[node];
    node ^= offset(unit);
    if (!ends_entry(unit)) continue;
    if (node >= units_.size()) return std::nullopt;
    const std::size_t at = units_[node] & 0x7FFFFFFF;
    if (at > replacements_.size()) return std::nullopt;
    const std::size_t end = std::min(replacements_.find('\0', at), replacements_.size());
    const std::string_view found = std::string_view(replacements_).substr(at, end - at);
    if (!is_valid_utf8(found)) return std::nullopt;  // a value that points inside of a character
    return found;
  }
  return std::nullopt;
}

SymbolText CharacterMap::apply(const SymbolText& text) const {
  SymbolText result;
  result.reserve(text.size());
  std::size_t begin = 0;
  for (const std::size_t end : grapheme_ends(text)) {
    std::string whole;
    for (std::size_t i = begin; i < end && whole.size() < kLongGrapheme; ++i)
      append_utf8(whole, text[i].value);
    if (whole.size() < kLongGrapheme) {
      if (const auto found = find(whole)) {
        append_standing_for(result, u32_of(*found), text[begin].begin, text[end - 1].end);
        begin = end;
        continue;
      }
    }
    for (; begin < end; ++begin) {
      std::string character;
      append_utf8(character, text[begin].value);
      if (const auto found = find(character))
        append_standing_for(result, u32_of(*found), text[begin].begin, text[begin].end);
      else
        result.push_back(text[begin]);
    }
  }
  return result;
}

}  // namespace headscope
