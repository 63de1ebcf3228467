#include "tokenizers/normalizer.h"

#include <memory>

#include <unicode/normalizer2.h>

#include "io/quote.h"
#include "tokenizers/byte_level.h"
#include "tokenizers/character_map.h"
#include "tokenizers/text_transforms.h"
#include "tokenizers/unicode_class.h"

namespace headscope {

Result<Normalizer> Normalizer::read(const Json& json, const std::string& file) {
  Normalizer normalizer;
  if (json.is_null()) return normalizer;
  if (Status status = normalizer.read_step(json, file); !status) return status.error();
  return normalizer;
}

void Normalizer::add(Step step, bool composes) {
  only_composes_ = only_composes_ && composes;
  steps_.push_back(std::move(step));
}

Status Normalizer::read_step(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": normalizer");
  const std::string type = fields.string("type");
  if (!fields.status()) return fields.status();
  const auto add_form = [&](NormalForm form) {
    add([form](SymbolText text) { return to_normal_form(text, form); }, form == NormalForm::Nfc);
  };
  if (type == "Sequence") {
    for (const Json& child : fields.child("normalizers")) {
      if (Status status = read_step(child, file); !status) return status;
    }
  } else if (type == "Replace") {
    return read_replace(json, file);
  } else if (type == "BertNormalizer") {
    return read_bert(json, file);
  } else if (type == "Precompiled") {
    Result<CharacterMap> map = CharacterMap::read(fields.string("precompiled_charsmap"), file);
    if (!fields.status()) return fields.status();
    if (!map) return map.error();
    const auto shared = std::make_shared<const CharacterMap>(std::move(*map));
    add([shared](SymbolText text) { return shared->apply(text); });
  } else if (type == "Prepend") {
    const std::u32string prefix = u32_of(fields.string("prepend"));
    add([prefix](SymbolText text) { return prepend(std::move(text), prefix); });
  } else if (type == "Strip") {
    const bool left = fields.boolean("strip_left", true), right = fields.boolean("strip_right", true);
    add([left, right](SymbolText text) { return strip(std::move(text), left, right); });
  } else if (type == "Lowercase") {
    add([](SymbolText text) { return lower_case(text); });
  } else if (type == "StripAccents") {
    add([](SymbolText text) { return without(std::move(text), is_mark); });
  } else if (type == "Nmt") {
    add([](SymbolText text) { return nmt_clean(std::move(text)); });
  } else if (type == "ByteLevel") {
    add([](SymbolText text) { return to_byte_level(text); });
  } else if (type == "NFC") {
    add_form(NormalForm::Nfc);
  } else if (type == "NFD") {
    add_form(NormalForm::Nfd);
  } else if (type == "NFKC") {
    add_form(NormalForm::Nfkc);
  } else if (type == "NFKD") {
    add_form(NormalForm::Nfkd);
  } else {
    return Error{ErrorCode::Unsupported,
                 file + ": a normalizer of the kind " + quote(type) + " is not supported",
                 "Supported are NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, BertNormalizer, Precompiled, "
                 "Replace, Prepend, Strip, Nmt and ByteLevel"};
  }
  return fields.status();
}

Status Normalizer::read_replace(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": normalizer");
  JsonFields pattern(fields.child("pattern"), file + ": normalizer pattern");
  const std::u32string with = u32_of(fields.string("content"));
  if (!fields.status()) return fields.status();
  if (pattern.has("Regex")) {
    const Result<Pattern> compiled = compile_pattern(pattern.string("Regex"), file);
    if (!pattern.status()) return pattern.status();
    if (!compiled) return compiled.error();
    add([expression = *compiled, with](SymbolText text) {
      return replace(text, matches_of(*expression, text), with);
    });
    return {};
  }
  const std::u32string plain = u32_of(pattern.string("String"));
  if (!pattern.status()) return pattern.status();
  add([plain, with](SymbolText text) { return replace(text, matches_of(plain, text), with); });
  return {};
}

Status Normalizer::read_bert(const Json& json, const std::string& file) {
  JsonFields fields(json, file + ": normalizer");
  const bool lower = fields.boolean("lowercase", true);
  const bool cleans = fields.boolean("clean_text", true);
  const bool spaces = fields.boolean("handle_chinese_chars", true);
  // null: accents go where capitals go.
  const bool strips = fields.boolean("strip_accents", lower);
  if (!fields.status()) return fields.status();
  add([=](SymbolText text) {
    if (cleans) text = bert_clean(std::move(text));
    if (spaces) text = space_ideographs(text);
    if (strips) text = without(to_normal_form(text, NormalForm::Nfd), is_accent);
    return lower ? lower_case(text) : text;
  });
  return {};
}

SymbolText Normalizer::apply(SymbolText text) const {
  for (const Step& step : steps_) text = step(std::move(text));
  return text;
}

bool Normalizer::leaves_alone(std::string_view text) const {
  if (steps_.empty()) return true;
  if (!only_composes_) return false;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
  if (U_FAILURE(status)) return false;
  const bool normal =
      nfc->isNormalizedUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), status);
  return U_SUCCESS(status) && normal;
}

}  // namespace headscope
