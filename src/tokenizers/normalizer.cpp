#include "tokenizers/normalizer.h"

#include <algorithm>

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include "io/quote.h"

namespace headscope {

namespace {

SymbolText prepend(SymbolText text, const std::u32string& prefix) {
  if (text.empty()) return text;
  SymbolText result;
  result.reserve(text.size() + prefix.size());
  for (const char32_t c : prefix) result.push_back({c, text.front().begin, text.front().begin, -1});
  result.insert(result.end(), text.begin(), text.end());
  return result;
}

/// Appends `value`, which stands for the range of `from`: the first character takes all of it.
void append_replacement(SymbolText& out, const std::u32string& value, std::uint32_t begin,
                        std::uint32_t end) {
  for (const char32_t c : value) {
    out.push_back({c, begin, end, -1});
    begin = end;
  }
}

SymbolText replace(const SymbolText& text, const std::u32string& from, const std::u32string& to) {
  SymbolText result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const bool matches =
        i + from.size() <= text.size() &&
        std::equal(from.begin(), from.end(), text.begin() + static_cast<std::ptrdiff_t>(i),
                   [](char32_t c, const Symbol& s) { return s.value == c && s.raw_byte < 0; });
    if (!matches) {
      result.push_back(text[i++]);
      continue;
    }
    append_replacement(result, to, text[i].begin, text[i + from.size() - 1].end);
    i += from.size();
  }
  return result;
}

/// Normalises from one boundary to the next, so that what did not change keeps its exact place.
SymbolText compose(const SymbolText& text, const icu::Normalizer2& form) {
  SymbolText result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    icu::UnicodeString source;
    std::size_t end = i;
    do {
      source.append(static_cast<UChar32>(text[end++].value));
    } while (end < text.size() && !form.hasBoundaryBefore(static_cast<UChar32>(text[end].value)));
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString normal = form.normalize(source, status);
    if (U_FAILURE(status) || normal == source) {
      result.insert(result.end(), text.begin() + static_cast<std::ptrdiff_t>(i),
                    text.begin() + static_cast<std::ptrdiff_t>(end));
    } else {
      std::u32string value;
      for (int32_t k = 0; k < normal.length(); k = normal.moveIndex32(k, 1)) {
        value.push_back(static_cast<char32_t>(normal.char32At(k)));
      }
      append_replacement(result, value, text[i].begin, text[end - 1].end);
    }
    i = end;
  }
  return result;
}

}  // namespace

Result<Normalizer> Normalizer::read(const Json& json, const std::string& file) {
  Normalizer normalizer;
  if (json.is_null()) return normalizer;
  if (Status status = read_step(json, file, normalizer.steps_); !status) return status.error();
  return normalizer;
}

Status Normalizer::read_step(const Json& json, const std::string& file, std::vector<Step>& steps) {
  JsonFields fields(json, file + ": normalizer");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  if (type == "Sequence") {
    for (const Json& child : fields.child("normalizers")) {
      if (Status status = read_step(child, file, steps); !status) return status;
    }
  } else if (type == "Prepend") {
    steps.push_back({Kind::Prepend, {}, u32_of(fields.string("prepend"))});
  } else if (type == "Replace" && fields.child("pattern").contains("String")) {
    const Json& pattern = fields.child("pattern");
    const std::string from = JsonFields(pattern, file).string("String");
    if (!from.empty()) steps.push_back({Kind::Replace, u32_of(from), u32_of(fields.string("content"))});
  } else if (type == "NFC") {
    steps.push_back({Kind::Nfc, {}, {}});
  } else if (type == "NFD") {
    steps.push_back({Kind::Nfd, {}, {}});
  } else if (type == "NFKC") {
    steps.push_back({Kind::Nfkc, {}, {}});
  } else if (type == "NFKD") {
    steps.push_back({Kind::Nfkd, {}, {}});
  } else {
    return Error{ErrorCode::Unsupported,
                 file + ": a normalizer of the kind " + quote(type) + " is not supported",
                 "Supported are Prepend, Replace, NFC, NFD, NFKC and NFKD"};
  }
  return fields.status();
}

SymbolText Normalizer::apply(SymbolText text) const {
  UErrorCode status = U_ZERO_ERROR;
  for (const Step& step : steps_) {
    const icu::Normalizer2* form = nullptr;
    switch (step.kind) {
      case Kind::Prepend:
        text = prepend(std::move(text), step.to);
        break;
      case Kind::Replace:
        text = replace(text, step.from, step.to);
        break;
      case Kind::Nfc:
        form = icu::Normalizer2::getNFCInstance(status);
        break;
      case Kind::Nfd:
        form = icu::Normalizer2::getNFDInstance(status);
        break;
      case Kind::Nfkc:
        form = icu::Normalizer2::getNFKCInstance(status);
        break;
      case Kind::Nfkd:
        form = icu::Normalizer2::getNFKDInstance(status);
        break;
    }
    if (form && U_SUCCESS(status)) text = compose(text, *form);
  }
  return text;
}

}  // namespace headscope
