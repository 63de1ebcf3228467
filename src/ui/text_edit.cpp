#include "ui/text_edit.h"

#include <algorithm>
#include <cassert>

#include "base/utf8.h"

namespace headscope {

namespace {

struct Range {
  char32_t first, last;
};

// Code points that belong to the one before them: combining marks of the scripts people type, variation
// selectors, joiners, skin tones. Grapheme_Extend in the Unicode Character Database, kept to blocks.
constexpr Range kExtending[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},   {0x05BF, 0x05BF},   {0x05C1, 0x05C2},
    {0x05C4, 0x05C5}, {0x0610, 0x061A}, {0x064B, 0x065F},   {0x0670, 0x0670},   {0x06D6, 0x06DC},
    {0x06DF, 0x06E4}, {0x0900, 0x0903}, {0x093A, 0x093C},   {0x093E, 0x094F},   {0x0951, 0x0957},
    {0x0962, 0x0963}, {0x0981, 0x0983}, {0x09BC, 0x09CD},   {0x0A01, 0x0A03},   {0x0A3C, 0x0A4D},
    {0x0B82, 0x0B82}, {0x0BBE, 0x0BCD}, {0x0C3E, 0x0C56},   {0x0E31, 0x0E31},   {0x0E34, 0x0E3A},
    {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x200D, 0x200D},   {0x20D0, 0x20FF},
    {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0x1F3FB, 0x1F3FF}, {0xE0100, 0xE01EF},
};

bool extends(char32_t c) {
  return std::any_of(std::begin(kExtending), std::end(kExtending),
                     [c](Range r) { return c >= r.first && c <= r.last; });
}

constexpr char32_t kJoiner = 0x200D;

bool is_regional(char32_t c) {
  return c >= 0x1F1E6 && c <= 0x1F1FF;
}

bool is_space(char32_t c) {
  return c == ' ' || c == '\n' || c == '\t' || c == 0xA0 || c == 0x3000;
}

bool is_punctuation(char32_t c) {
  return c < 0x80 && c > 0x20 && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
         !(c >= 'a' && c <= 'z') && c != '\'' && c != '_';
}

int word_class(char32_t c) {
  return is_space(c) ? 0 : is_punctuation(c) ? 1 : 2;
}

std::size_t previous_start(std::string_view text, std::size_t at) {
  std::size_t begin = at;
  do --begin;
  while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80);
  return begin;
}

std::size_t word_begin(std::string_view text, std::size_t at) {
  while (at > 0 && is_space(code_point_at(text, previous_start(text, at)).value))
    at = previous_start(text, at);
  if (at == 0) return 0;
  const int kind = word_class(code_point_at(text, previous_start(text, at)).value);
  while (at > 0 && word_class(code_point_at(text, previous_start(text, at)).value) == kind) {
    at = previous_start(text, at);
  }
  return at;
}

std::size_t word_end(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(code_point_at(text, at).value)) at += code_point_at(text, at).length;
  if (at == text.size()) return at;
  const int kind = word_class(code_point_at(text, at).value);
  while (at < text.size() && word_class(code_point_at(text, at).value) == kind) {
    at += code_point_at(text, at).length;
  }
  return at;
}

}  // namespace

std::size_t character_after(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  CodePoint current = code_point_at(text, at);
  std::size_t end = at + current.length;
  if (is_regional(current.value) && end < text.size() && is_regional(code_point_at(text, end).value)) {
    return end + code_point_at(text, end).length;
  }
  while (end < text.size()) {
    const CodePoint next = code_point_at(text, end);
    if (!extends(next.value) && current.value != kJoiner) break;
    current = next;
    end += next.length;
  }
  return end;
}

std::size_t character_before(std::string_view text, std::size_t at) {
  if (at == 0) return 0;
  // A character's start is found going forward from a place that certainly is one: a space or the beginning.
  std::size_t begin = std::min(at, text.size());
  do begin = previous_start(text, begin);
  while (begin > 0 && !is_space(code_point_at(text, begin).value));
  std::size_t last = begin;
  for (std::size_t next = begin; next < at; next = character_after(text, next)) last = next;
  return last;
}

std::string editable_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const CodePoint& c : code_points(text)) {
    if (c.value == '\t') {
      result += ' ';
    } else if (c.value == '\n' ||
               (c.value >= 0x20 && c.value != 0x7F && !(c.value >= 0x80 && c.value < 0xA0))) {
      append_utf8(result, c.value);
    }
  }
  return result;
}

std::string TextEdit::selected() const {
  return text_.substr(selection_begin(), selection_end() - selection_begin());
}

void TextEdit::adopt(std::string_view text) {
  if (text == text_) return;
  std::size_t tail = 0;
  const std::size_t shorter = std::min(text.size(), text_.size());
  while (tail < shorter && text[text.size() - 1 - tail] == text_[text_.size() - 1 - tail]) ++tail;
  text_ = text;
  move_to(text_.size() - tail, false);
}

void TextEdit::move_to(std::size_t at, bool extend) {
  caret_ = at >= text_.size() ? text_.size() : utf8_floor(text_, at);
  if (!extend) anchor_ = caret_;
  anchor_ = std::min(anchor_, text_.size());
}

void TextEdit::move_left(bool extend) {
  if (has_selection() && !extend) return move_to(selection_begin(), false);
  move_to(character_before(text_, caret_), extend);
}

void TextEdit::move_right(bool extend) {
  if (has_selection() && !extend) return move_to(selection_end(), false);
  move_to(character_after(text_, caret_), extend);
}

void TextEdit::move_word_left(bool extend) {
  move_to(word_begin(text_, caret_), extend);
}
void TextEdit::move_word_right(bool extend) {
  move_to(word_end(text_, caret_), extend);
}

void TextEdit::select_all() {
  anchor_ = 0;
  caret_ = text_.size();
}

void TextEdit::select_word(std::size_t at) {
  at = utf8_floor(text_, std::min(at, text_.size()));
  if (text_.empty()) return;
  const std::size_t inside = at < text_.size() ? at : character_before(text_, at);
  const int kind = word_class(code_point_at(text_, inside).value);
  std::size_t begin = inside, end = inside;
  while (begin > 0 && word_class(code_point_at(text_, previous_start(text_, begin)).value) == kind) {
    begin = previous_start(text_, begin);
  }
  while (end < text_.size() && word_class(code_point_at(text_, end).value) == kind) {
    end += code_point_at(text_, end).length;
  }
  anchor_ = begin;
  caret_ = end;
}

bool TextEdit::replace(std::size_t begin, std::size_t end, std::string_view text) {
  assert(begin <= end && end <= text_.size());
  const std::string clean = editable_text(text);
  if (begin == end && clean.empty()) return false;
  text_.replace(begin, end - begin, clean);
  move_to(begin + clean.size(), false);
  return true;
}

bool TextEdit::insert(std::string_view text) {
  return replace(selection_begin(), selection_end(), text);
}

bool TextEdit::backspace() {
  if (has_selection()) return insert("");
  return replace(character_before(text_, caret_), caret_, "");
}

bool TextEdit::erase_forward() {
  if (has_selection()) return insert("");
  return replace(caret_, character_after(text_, caret_), "");
}

bool TextEdit::erase_word_left() {
  if (has_selection()) return insert("");
  return replace(word_begin(text_, caret_), caret_, "");
}

bool TextEdit::erase_word_right() {
  if (has_selection()) return insert("");
  return replace(caret_, word_end(text_, caret_), "");
}

}  // namespace headscope
