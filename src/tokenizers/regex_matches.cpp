#include "tokenizers/regex_matches.h"

#include <algorithm>

#include <unicode/unistr.h>

#include "io/quote.h"

namespace headscope {

namespace {

// In ICU's units of matching work, about a millisecond each; a million characters of white space need a few.
constexpr int kMaxWork = 5000;

/// ICU's \s leaves out U+000B and U+0085, which are white space to the libraries that trained these
/// tokenizers.
std::string with_unicode_white_space(const std::string& expression) {
  std::string result;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] != '\\' || i + 1 == expression.size()) {
      result += expression[i];
      continue;
    }
    const char escaped = expression[++i];
    if (escaped == 's')
      result += "\\p{White_Space}";
    else if (escaped == 'S')
      result += "\\P{White_Space}";
    else
      (result += '\\') += escaped;
  }
  return result;
}

}  // namespace

Result<Pattern> compile_pattern(const std::string& expression, const std::string& file) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where{};
  Pattern compiled(icu::RegexPattern::compile(
      icu::UnicodeString::fromUTF8(with_unicode_white_space(expression)), 0, where, status));
  if (U_SUCCESS(status) && compiled) return compiled;
  return Error{ErrorCode::Unsupported,
               file + ": the regular expression " + quote(expression) + " is not understood",
               "Export the tokenizer with a plain Split expression"};
}

std::vector<Stretch> matches_of(const icu::RegexPattern& pattern, const SymbolText& text) {
  icu::UnicodeString units;
  std::vector<std::size_t> symbol_of_unit;
  symbol_of_unit.reserve(text.size() + 1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    units.append(static_cast<UChar32>(text[i].value));
    symbol_of_unit.resize(static_cast<std::size_t>(units.length()), i);
  }
  symbol_of_unit.push_back(text.size());

  std::vector<Stretch> matches;
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::RegexMatcher> matcher(pattern.matcher(units, status));
  if (matcher && U_SUCCESS(status)) {
    matcher->setStackLimit(0, status);  // long runs of one kind are no fault
    matcher->setTimeLimit(kMaxWork, status);
  }
  while (U_SUCCESS(status) && matcher->find(status) && U_SUCCESS(status)) {
    const std::size_t begin = symbol_of_unit[static_cast<std::size_t>(matcher->start(status))];
    const std::size_t end = symbol_of_unit[static_cast<std::size_t>(matcher->end(status))];
    if (begin < end) matches.emplace_back(begin, end);
  }
  return matches;
}

std::vector<Stretch> matches_of(const std::u32string& plain, const SymbolText& text) {
  std::vector<Stretch> matches;
  if (plain.empty()) return matches;
  for (std::size_t i = 0; i + plain.size() <= text.size();) {
    const bool here = std::equal(plain.begin(), plain.end(), text.begin() + static_cast<std::ptrdiff_t>(i),
                                 [](char32_t c, const Symbol& s) { return s.value == c && s.raw_byte < 0; });
    if (here) matches.emplace_back(i, i + plain.size());
    i += here ? plain.size() : 1;
  }
  return matches;
}

}  // namespace headscope
