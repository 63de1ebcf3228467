#include "tokenizers/pre_tokenizer.h"

#include <unicode/unistr.h>

#include "io/quote.h"
#include "tokenizers/byte_level.h"

namespace headscope {

namespace {

/// What GPT-2 splits by: English contractions, letters, digits, other signs (each with the space before it),
/// spaces.
constexpr const char* kGpt2Split =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

/// ICU's \s leaves out U+000B and U+0085, which are white space to the libraries that trained these
/// tokenizers.
std::string with_unicode_white_space(const std::string& pattern) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '\\' || i + 1 == pattern.size()) {
      result += pattern[i];
      continue;
    }
    const char escaped = pattern[++i];
    if (escaped == 's')
      result += "\\p{White_Space}";
    else if (escaped == 'S')
      result += "\\P{White_Space}";
    else
      (result += '\\') += escaped;
  }
  return result;
}

Result<std::shared_ptr<const icu::RegexPattern>> compile(const std::string& pattern,
                                                         const std::string& file) {
  UErrorCode status = U_ZERO_ERROR;
  UParseError where{};
  std::shared_ptr<const icu::RegexPattern> compiled(icu::RegexPattern::compile(
      icu::UnicodeString::fromUTF8(with_unicode_white_space(pattern)), 0, where, status));
  if (U_SUCCESS(status) && compiled) return compiled;
  return Error{ErrorCode::Unsupported,
               file + ": the regular expression " + quote(pattern) + " is not understood",
               "Export the tokenizer with a plain Split expression"};
}

std::string escaped_literal(const std::string& text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view("\\^$.|?*+()[]{}-").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

/// Appends the matches of `split` in `text`, and with `keep_gaps` what lies between them, as pieces.
void cut(const SymbolText& text, const icu::RegexPattern& split, bool keep_gaps,
         std::vector<SymbolText>& pieces) {
  icu::UnicodeString units;
  std::vector<std::size_t> symbol_of_unit;
  for (std::size_t i = 0; i < text.size(); ++i) {
    units.append(static_cast<UChar32>(text[i].value));
    symbol_of_unit.resize(static_cast<std::size_t>(units.length()), i);
  }
  symbol_of_unit.push_back(text.size());
  const auto add = [&](std::size_t begin, std::size_t end) {
    if (begin < end) {
      pieces.emplace_back(text.begin() + static_cast<std::ptrdiff_t>(begin),
                          text.begin() + static_cast<std::ptrdiff_t>(end));
    }
  };

  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::RegexMatcher> matcher(split.matcher(units, status));
  if (matcher) matcher->setStackLimit(0, status);  // long runs of one kind are no fault
  std::size_t done = 0;
  while (U_SUCCESS(status) && matcher->find(status) && U_SUCCESS(status)) {
    const std::size_t begin = symbol_of_unit[static_cast<std::size_t>(matcher->start(status))];
    const std::size_t end = symbol_of_unit[static_cast<std::size_t>(matcher->end(status))];
    if (keep_gaps) add(done, begin);
    add(begin, end);
    done = end;
  }
  if (keep_gaps) add(done, text.size());
}

}  // namespace

Result<PreTokenizer> PreTokenizer::read(const Json& json, const std::string& file) {
  PreTokenizer result;
  if (json.is_null()) return result;
  if (Status status = read_step(json, file, result.steps_); !status) return status.error();
  return result;
}

Status PreTokenizer::read_step(const Json& json, const std::string& file, std::vector<Step>& steps) {
  JsonFields fields(json, file + ": pre_tokenizer");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  const auto unsupported = [&](const std::string& what) {
    return Error{ErrorCode::Unsupported, file + ": " + what + " is not supported",
                 "Supported are ByteLevel and Split with the behaviour Isolated"};
  };
  if (type == "Sequence") {
    for (const Json& child : fields.child("pretokenizers")) {
      if (Status status = read_step(child, file, steps); !status) return status;
    }
    return fields.status();
  }
  Step step;
  std::string pattern;
  if (type == "ByteLevel") {
    step.byte_level = true;
    step.prefix_space = fields.boolean("add_prefix_space", true);
    if (fields.boolean("use_regex", true)) pattern = kGpt2Split;
  } else if (type == "Split") {
    const Json& what = fields.child("pattern");
    JsonFields pattern_fields(what, file + ": pre_tokenizer pattern");
    if (pattern_fields.has("Regex"))
      pattern = pattern_fields.string("Regex");
    else
      pattern = escaped_literal(pattern_fields.string("String"));
    if (!pattern_fields.status()) return pattern_fields.status();
    const std::string behavior = fields.string("behavior");
    const bool invert = fields.boolean("invert", false);
    if (behavior == "Removed" && invert)
      step.keep_gaps = false;
    else if (behavior != "Isolated")
      return unsupported("the Split behaviour " + quote(behavior));
  } else {
    return unsupported("a pre_tokenizer of the kind " + quote(type));
  }
  if (!fields.status()) return fields.status();
  if (!pattern.empty()) {
    Result<std::shared_ptr<const icu::RegexPattern>> compiled = compile(pattern, file);
    if (!compiled) return compiled.error();
    step.split = std::move(*compiled);
  }
  steps.push_back(std::move(step));
  return {};
}

bool PreTokenizer::is_byte_level() const {
  for (const Step& step : steps_) {
    if (step.byte_level) return true;
  }
  return false;
}

std::vector<SymbolText> PreTokenizer::apply(SymbolText text) const {
  std::vector<SymbolText> pieces;
  if (text.empty()) return pieces;
  pieces.push_back(std::move(text));
  for (const Step& step : steps_) {
    std::vector<SymbolText> next;
    for (SymbolText& piece : pieces) {
      if (step.prefix_space && !is_white_space(piece.front().value)) {
        piece.insert(piece.begin(), Symbol{U' ', piece.front().begin, piece.front().begin, -1});
      }
      if (step.split)
        cut(piece, *step.split, step.keep_gaps, next);
      else
        next.push_back(std::move(piece));
    }
    if (step.byte_level) {
      for (SymbolText& piece : next) piece = to_byte_level(piece);
    }
    pieces = std::move(next);
  }
  return pieces;
}

}  // namespace headscope
