#include "tokenizers/pre_tokenizer.h"

#include <unicode/uscript.h>

#include "io/quote.h"
#include "tokenizers/byte_level.h"
#include "tokenizers/unicode_class.h"

namespace headscope {

namespace {

/// The script that counts for UnicodeScripts: kana go with the ideographs, spaces with whatever is beside
/// them
/// (-1).
int script_of(char32_t c) {
  if (c == U' ') return -1;
  if (c == 0x30FC) return USCRIPT_HAN;
  UErrorCode status = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &status);
  return script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA ? USCRIPT_HAN : script;
}

/// From each change of script to the next.
std::vector<Stretch> script_runs(const SymbolText& text) {
  std::vector<Stretch> runs;
  int last = -2;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int script = script_of(text[i].value);
    if (runs.empty() || (script != -1 && last != -1 && script != last))
      runs.emplace_back(i, i + 1);
    else
      runs.back().second = i + 1;
    if (script != -1) last = script;
  }
  return runs;
}

Result<std::u32string> one_character(const Json& json, const std::string& key, const std::string& file) {
  JsonFields fields(json, file + ": pre_tokenizer");
  const std::u32string text = u32_of(fields.string(key));
  if (!fields.status()) return fields.status().error();
  if (text.size() == 1) return text;
  return Error{ErrorCode::Corrupt, file + ": pre_tokenizer: '" + key + "' must be one character",
               "Download the tokenizer again"};
}

}  // namespace

Result<PreTokenizer> PreTokenizer::read(const Json& json, const std::string& file) {
  PreTokenizer result;
  if (json.is_null()) return result;
  if (Status status = result.read_step(json, file); !status) return status.error();
  result.only_split_ = known_byte_level_split(json);
  return result;
}

template <class Predicate>
void PreTokenizer::add_character_cut(Predicate is_match, SplitBehavior behavior) {
  steps_.push_back([=](const TextPiece& piece, std::vector<TextPiece>& out) {
    cut(piece, each_matching(piece.text, is_match), behavior, false, out);
  });
}

Status PreTokenizer::add_expression(const std::string& expression, SplitBehavior behavior, bool invert,
                                    const std::string& file) {
  if (const KnownSplit known = known_split(expression); known != KnownSplit::None) {
    steps_.push_back([=](const TextPiece& piece, std::vector<TextPiece>& out) {
      cut(piece, matches_of(known, piece.text), behavior, invert, out);
    });
    return {};
  }
  const Result<Pattern> compiled = compile_pattern(expression, file);
  if (!compiled) return compiled.error();
  steps_.push_back([=, pattern = *compiled](const TextPiece& piece, std::vector<TextPiece>& out) {
    cut(piece, matches_of(*pattern, piece.text), behavior, invert, out);
  });
  return {};
}

Status PreTokenizer::read_step(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": pre_tokenizer");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  if (type == "Sequence") {
    for (const Json& child : fields.child("pretokenizers")) {
      if (Status status = read_step(child, file); !status) return status;
    }
  } else if (type == "ByteLevel") {
    return read_byte_level(json, file);
  } else if (type == "Split") {
    return read_split(json, file);
  } else if (type == "Metaspace") {
    return read_metaspace(json, file);
  } else if (type == "BertPreTokenizer") {
    add_character_cut(is_white_space, SplitBehavior::Removed);
    add_character_cut(is_punctuation, SplitBehavior::Isolated);
  } else if (type == "WhitespaceSplit") {
    add_character_cut(is_white_space, SplitBehavior::Removed);
  } else if (type == "Whitespace") {
    return add_expression(R"(\w+|[^\w\s]+)", SplitBehavior::Removed, true, file);
  } else if (type == "CharDelimiterSplit") {
    const Result<std::u32string> delimiter = one_character(json, "delimiter", file);
    if (!delimiter) return delimiter.error();
    add_character_cut([c = delimiter->front()](char32_t other) { return other == c; },
                      SplitBehavior::Removed);
  } else if (type == "Digits") {
    add_character_cut(is_numeric, fields.boolean("individual_digits", false) ? SplitBehavior::Isolated
                                                                             : SplitBehavior::Contiguous);
  } else if (type == "Punctuation") {
    const std::string name = fields.string("behavior", "Isolated");
    const auto behavior = split_behavior(name);
    if (!behavior) {
      return Error{ErrorCode::Unsupported,
                   file + ": the Punctuation behaviour " + quote(name) + " is not supported",
                   "Supported are Removed, Isolated, MergedWithPrevious, MergedWithNext and Contiguous"};
    }
    add_character_cut(is_punctuation, *behavior);
  } else if (type == "UnicodeScripts") {
    steps_.push_back([](const TextPiece& piece, std::vector<TextPiece>& out) {
      cut(piece, script_runs(piece.text), SplitBehavior::Isolated, false, out);
    });
  } else {
    return Error{ErrorCode::Unsupported,
                 file + ": a pre_tokenizer of the kind " + quote(type) + " is not supported",
                 "Supported are ByteLevel, Metaspace, BertPreTokenizer, Whitespace, WhitespaceSplit, "
                 "CharDelimiterSplit, Digits, Punctuation, Split and UnicodeScripts"};
  }
  return fields.status();
}

Status PreTokenizer::read_byte_level(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": pre_tokenizer");
  const bool prefix_space = fields.boolean("add_prefix_space", true);
  const bool splits = fields.boolean("use_regex", true);
  if (!fields.status()) return fields.status();
  if (prefix_space) {
    steps_.push_back([](TextPiece piece, std::vector<TextPiece>& out) {
      const Symbol first = piece.text.front();
      if (first.value != U' ')
        piece.text.insert(piece.text.begin(), Symbol{U' ', first.begin, first.begin, -1});
      out.push_back(std::move(piece));
    });
  }
  if (splits) {
    if (Status status = add_expression(kGpt2Split, SplitBehavior::Isolated, false, file); !status)
      return status;
  }
  is_byte_level_ = true;
  steps_.push_back([](const TextPiece& piece, std::vector<TextPiece>& out) {
    out.push_back({to_byte_level(piece.text), piece.at_start});
  });
  return {};
}

Status PreTokenizer::read_split(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": pre_tokenizer");
  JsonFields pattern(fields.child("pattern"), file + ": pre_tokenizer pattern");
  const std::string name = fields.string("behavior");
  const bool invert = fields.boolean("invert", false);
  if (!fields.status()) return fields.status();
  const auto behavior = split_behavior(name);
  if (!behavior) {
    return Error{ErrorCode::Unsupported, file + ": the Split behaviour " + quote(name) + " is not supported",
                 "Supported are Removed, Isolated, MergedWithPrevious, MergedWithNext and Contiguous"};
  }
  if (pattern.has("Regex")) {
    const std::string expression = pattern.string("Regex");
    if (!pattern.status()) return pattern.status();
    return add_expression(expression, *behavior, invert, file);
  }
  const std::u32string plain = u32_of(pattern.string("String"));
  if (!pattern.status()) return pattern.status();
  steps_.push_back([=, how = *behavior](const TextPiece& piece, std::vector<TextPiece>& out) {
    cut(piece, matches_of(plain, piece.text), how, invert, out);
  });
  return {};
}

Status PreTokenizer::read_metaspace(const Json& json, const std::string& file) {
  const Result<std::u32string> sign = one_character(json, "replacement", file);
  if (!sign) return sign.error();
  JsonFields fields(json, file + ": pre_tokenizer");
  // Older files say whether with add_prefix_space alone.
  const std::string scheme =
      fields.string("prepend_scheme", fields.boolean("add_prefix_space", true) ? "always" : "never");
  const bool splits = fields.boolean("split", true);
  if (!fields.status()) return fields.status();
  if (scheme != "always" && scheme != "first" && scheme != "never") {
    return Error{ErrorCode::Unsupported,
                 file + ": the Metaspace prepend_scheme " + quote(scheme) + " is not supported",
                 "Supported are always, first and never"};
  }
  const bool always = scheme == "always", first = scheme == "first";
  const char32_t blank = sign->front();
  steps_.push_back([=](TextPiece piece, std::vector<TextPiece>& out) {
    for (Symbol& symbol : piece.text) {
      if (symbol.value == U' ') symbol.value = blank;
    }
    const Symbol front = piece.text.front();
    if (front.value != blank && (always || (first && piece.at_start)))
      piece.text.insert(piece.text.begin(), Symbol{blank, front.begin, front.begin, -1});
    if (!splits) {
      out.push_back(std::move(piece));
      return;
    }
    const auto is_blank = [blank](char32_t c) { return c == blank; };
    cut(piece, each_matching(piece.text, is_blank), SplitBehavior::MergedWithNext, false, out);
  });
  return {};
}

std::vector<SymbolText> PreTokenizer::apply(TextPiece text) const {
  std::vector<TextPiece> pieces;
  if (!text.text.empty()) pieces.push_back(std::move(text));
  for (const Step& step : steps_) {
    std::vector<TextPiece> next;
    next.reserve(pieces.size());
    for (TextPiece& piece : pieces) step(std::move(piece), next);
    pieces = std::move(next);
  }
  std::vector<SymbolText> result;
  result.reserve(pieces.size());
  for (TextPiece& piece : pieces) result.push_back(std::move(piece.text));
  return result;
}

}  // namespace headscope
