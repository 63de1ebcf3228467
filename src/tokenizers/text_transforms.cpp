#include "tokenizers/text_transforms.h"

#include <algorithm>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "tokenizers/unicode_class.h"

namespace headscope {

namespace {

const icu::Normalizer2* normalizer_for(NormalForm form) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* found = nullptr;
  switch (form) {
    case NormalForm::Nfc:
      found = icu::Normalizer2::getNFCInstance(status);
      break;
    case NormalForm::Nfd:
      found = icu::Normalizer2::getNFDInstance(status);
      break;
    case NormalForm::Nfkc:
      found = icu::Normalizer2::getNFKCInstance(status);
      break;
    case NormalForm::Nfkd:
      found = icu::Normalizer2::getNFKDInstance(status);
      break;
  }
  return U_SUCCESS(status) ? found : nullptr;
}

bool is_within(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

/// The blocks that BERT's authors listed; the third CJK extension begins at 2B920 in the library that made
/// the reference, which is followed here.
bool is_ideograph(char32_t c) {
  return is_within(c, 0x4E00, 0x9FFF) || is_within(c, 0x3400, 0x4DBF) || is_within(c, 0x20000, 0x2A6DF) ||
         is_within(c, 0x2A700, 0x2B73F) || is_within(c, 0x2B740, 0x2B81F) || is_within(c, 0x2B920, 0x2CEAF) ||
         is_within(c, 0xF900, 0xFAFF) || is_within(c, 0x2F800, 0x2FA1F);
}

}  // namespace

SymbolText to_normal_form(const SymbolText& text, NormalForm form) {
  const icu::Normalizer2* normalizer = normalizer_for(form);
  if (!normalizer) return text;
  SymbolText result;
  result.reserve(text.size());
  // From one boundary to the next, so that what did not change keeps its exact place.
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    if (text[i].value < 0x80 && (end == text.size() || text[end].value < 0x80)) {
      result.push_back(text[i++]);
      continue;
    }
    icu::UnicodeString source(static_cast<UChar32>(text[i].value));
    while (end < text.size() && !normalizer->hasBoundaryBefore(static_cast<UChar32>(text[end].value)))
      source.append(static_cast<UChar32>(text[end++].value));
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString normal = normalizer->normalize(source, status);
    if (U_FAILURE(status) || normal == source) {
      result.insert(result.end(), text.begin() + static_cast<std::ptrdiff_t>(i),
                    text.begin() + static_cast<std::ptrdiff_t>(end));
    } else {
      std::u32string value;
      for (int32_t k = 0; k < normal.length(); k = normal.moveIndex32(k, 1))
        value.push_back(static_cast<char32_t>(normal.char32At(k)));
      const std::size_t n_read = end - i, n_written = value.size();
      if (n_written > n_read || n_read == 1 || value.empty()) {
        append_standing_for(result, value, text[i].begin, text[end - 1].end);
      } else {  // the first is composed of what is too much, the others come one for one
        const std::size_t surplus = n_read - n_written;
        result.push_back({value[0], text[i].begin, text[i + surplus].end, -1});
        for (std::size_t k = 1; k < n_written; ++k)
          result.push_back({value[k], text[i + surplus + k].begin, text[i + surplus + k].end, -1});
      }
    }
    i = end;
  }
  return result;
}

SymbolText lower_case(const SymbolText& text) {
  SymbolText result;
  result.reserve(text.size());
  for (const Symbol& symbol : text) {
    if (symbol.value == U'İ') {  // the one letter whose small form is two characters
      append_standing_for(result, U"i\u0307", symbol.begin, symbol.end);
      continue;
    }
    result.push_back(symbol);
    result.back().value = static_cast<char32_t>(u_tolower(static_cast<UChar32>(symbol.value)));
  }
  return result;
}

SymbolText prepend(SymbolText text, const std::u32string& prefix) {
  if (text.empty()) return text;
  SymbolText result;
  result.reserve(text.size() + prefix.size());
  append_standing_for(result, prefix, text.front().begin, text.front().begin);
  result.insert(result.end(), text.begin(), text.end());
  return result;
}

SymbolText replace(const SymbolText& text, const std::vector<Stretch>& matches, const std::u32string& with) {
  SymbolText result;
  result.reserve(text.size());
  const auto keep = [&](std::size_t begin, std::size_t end) {
    result.insert(result.end(), text.begin() + static_cast<std::ptrdiff_t>(begin),
                  text.begin() + static_cast<std::ptrdiff_t>(end));
  };
  std::size_t done = 0;
  for (const auto& [begin, end] : matches) {
    keep(done, begin);
    append_standing_for(result, with, text[begin].begin, text[end - 1].end);
    done = end;
  }
  keep(done, text.size());
  return result;
}

SymbolText strip(SymbolText text, bool left, bool right) {
  const auto is_kept = [](const Symbol& symbol) { return !is_white_space(symbol.value); };
  if (right) text.erase(std::find_if(text.rbegin(), text.rend(), is_kept).base(), text.end());
  if (left) text.erase(text.begin(), std::find_if(text.begin(), text.end(), is_kept));
  return text;
}

SymbolText nmt_clean(SymbolText text) {
  text = without(std::move(text), [](char32_t c) {
    return is_within(c, 0x01, 0x08) || c == 0x0B || is_within(c, 0x0E, 0x1F) || c == 0x7F || c == 0x8F ||
           c == 0x9F;
  });
  for (Symbol& symbol : text) {
    const char32_t c = symbol.value;
    const bool space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
                       is_within(c, 0x200B, 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                       c == 0xFEFF || c == 0xFFFD;
    if (space) symbol = {U' ', symbol.begin, symbol.end, -1};
  }
  return text;
}

SymbolText bert_clean(SymbolText text) {
  const auto is_blank = [](char32_t c) { return c == '\t' || c == '\n' || c == '\r'; };
  text = without(std::move(text), [&](char32_t c) {
    if (is_blank(c)) return false;
    // Unassigned code points stay: the reference counts control, format and private use alone.
    constexpr std::uint32_t kOther = U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK;
    return c == 0 || c == 0xFFFD || (U_GET_GC_MASK(static_cast<UChar32>(c)) & kOther) != 0;
  });
  for (Symbol& symbol : text) {
    if (is_white_space(symbol.value)) symbol.value = U' ';
  }
  return text;
}

SymbolText space_ideographs(const SymbolText& text) {
  SymbolText result;
  result.reserve(text.size());
  for (const Symbol& symbol : text) {
    const bool spaced = is_ideograph(symbol.value);
    if (spaced) result.push_back({U' ', symbol.begin, symbol.begin, -1});
    result.push_back(symbol);
    if (spaced) result.push_back({U' ', symbol.end, symbol.end, -1});
  }
  return result;
}

}  // namespace headscope
