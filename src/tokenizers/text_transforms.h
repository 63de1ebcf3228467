#pragma once

#include <string>
#include <vector>

#include "tokenizers/regex_matches.h"
#include "tokenizers/symbol_text.h"

/// The single steps of normalisation. Each character keeps the place in the typed text that it came from;
/// what is put in stands for nothing or shares the place of what it replaces.
namespace headscope {

enum class NormalForm { Nfc, Nfd, Nfkc, Nfkd };

SymbolText to_normal_form(const SymbolText& text, NormalForm form);
SymbolText lower_case(const SymbolText& text);
SymbolText prepend(SymbolText text, const std::u32string& prefix);
SymbolText replace(const SymbolText& text, const std::vector<Stretch>& matches, const std::u32string& with);
SymbolText strip(SymbolText text, bool left, bool right);

template <class Predicate>
SymbolText without(SymbolText text, Predicate is_dropped) {
  std::erase_if(text, [&](const Symbol& symbol) { return is_dropped(symbol.value); });
  return text;
}

/// SentencePiece's rules for machine translation: no control characters, one kind of space.
SymbolText nmt_clean(SymbolText text);
/// BERT's clean_text: no control characters, one kind of space.
SymbolText bert_clean(SymbolText text);
/// BERT's tokenize_chinese_chars: a space on both sides of each CJK ideograph.
SymbolText space_ideographs(const SymbolText& text);

}  // namespace headscope
