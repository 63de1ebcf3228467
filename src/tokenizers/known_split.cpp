#include "tokenizers/known_split.h"

#include <array>
#include <cassert>

#include <unicode/uchar.h>

#include "base/utf8.h"

namespace headscope {

namespace {

enum class Kind : unsigned char { Letter, Number, Space, Other, End };

Kind unicode_kind(char32_t c) {
  const std::uint32_t mask = U_GET_GC_MASK(static_cast<UChar32>(c));
  if (mask & U_GC_L_MASK) return Kind::Letter;
  if (mask & U_GC_N_MASK) return Kind::Number;
  return u_isUWhiteSpace(static_cast<UChar32>(c)) ? Kind::Space : Kind::Other;
}

constexpr std::array<Kind, 128> kAsciiKinds = [] {
  std::array<Kind, 128> kinds{};
  for (std::size_t c = 0; c < 128; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    kinds[c] = letter                 ? Kind::Letter
               : c >= '0' && c <= '9' ? Kind::Number
               : space                ? Kind::Space
                                      : Kind::Other;
  }
  return kinds;
}();

Kind kind_of(char32_t c) {
  return c < 128 ? kAsciiKinds[c] : unicode_kind(c);
}

/// A character and where the next one begins; past the end its kind is End.
struct Read {
  char32_t value = 0;
  Kind kind = Kind::End;
  std::size_t next = 0;
};

struct Utf8Reader {
  std::string_view text;
  Read operator()(std::size_t at) const {
    if (at >= text.size()) return {0, Kind::End, at};
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 128) return {byte, kAsciiKinds[byte], at + 1};
    const CodePoint point = code_point_at(text, at);
    return {point.value, unicode_kind(point.value), at + point.length};
  }
};

struct SymbolReader {
  const SymbolText& text;
  Read operator()(std::size_t at) const {
    if (at >= text.size()) return {0, Kind::End, at};
    return {text[at].value, kind_of(text[at].value), at + 1};
  }
};

bool is_line_break(char32_t c) {
  return c == U'\r' || c == U'\n';
}

template <class Reader>
std::size_t run_end(const Reader& read, std::size_t at, Kind kind) {
  for (Read c = read(at); c.kind == kind; c = read(at)) at = c.next;
  return at;
}

/// Small letters; of other cases only those that match an ASCII letter when case is ignored (U+017F is a long
/// s).
char32_t folded(char32_t c, bool any_case) {
  if (!any_case) return c;
  if (c == 0x17F) return U's';
  return c >= U'A' && c <= U'Z' ? c + 32 : c;
}

/// The end of 's 't 're 've 'm 'll 'd at an apostrophe that ends at `at`, or 0.
template <class Reader>
std::size_t contraction_end(const Reader& read, std::size_t at, bool any_case) {
  const Read first = read(at);
  const char32_t a = folded(first.value, any_case);
  if (a == U's' || a == U't' || a == U'm' || a == U'd') return first.next;
  if (a != U'r' && a != U'v' && a != U'l') return 0;
  const Read second = read(first.next);
  return folded(second.value, any_case) == (a == U'l' ? U'l' : U'e') ? second.next : 0;
}

/// White space but for the last of it, which goes with what follows; all of it at the end of the text.
template <class Reader>
std::size_t space_end(const Reader& read, std::size_t begin) {
  std::size_t at = begin, last = begin;
  Read c = read(at);
  for (; c.kind == Kind::Space; c = read(at)) {
    last = at;
    at = c.next;
  }
  return c.kind == Kind::End || last == begin ? at : last;
}

template <class Reader>
std::size_t gpt2_end(const Reader& read, std::size_t begin) {
  const Read first = read(begin);
  if (first.value == U'\'') {
    if (const std::size_t end = contraction_end(read, first.next, false)) return end;
  }
  const Read head = first.value == U' ' ? read(first.next) : first;  // what the space would go with
  if (head.kind != Kind::Space && head.kind != Kind::End) return run_end(read, head.next, head.kind);
  return space_end(read, begin);
}

template <class Reader>
std::size_t llama_end(const Reader& read, std::size_t begin, int max_digits) {
  const Read first = read(begin);
  if (first.value == U'\'') {
    if (const std::size_t end = contraction_end(read, first.next, true)) return end;
  }
  if (first.kind == Kind::Letter) return run_end(read, first.next, Kind::Letter);
  if (first.kind == Kind::Number) {
    std::size_t at = first.next;
    for (int n = 1; n < max_digits; ++n) {
      const Read digit = read(at);
      if (digit.kind != Kind::Number) break;
      at = digit.next;
    }
    return at;
  }
  const Read second = read(first.next);
  if (second.kind == Kind::Letter && !is_line_break(first.value))
    return run_end(read, second.next, Kind::Letter);
  const Read& head = first.value == U' ' ? second : first;
  if (head.kind == Kind::Other) {
    std::size_t at = run_end(read, head.next, Kind::Other);
    for (Read c = read(at); is_line_break(c.value) && c.kind != Kind::End; c = read(at)) at = c.next;
    return at;
  }
  // White space: up to its last line break, if it has one.
  std::size_t after_break = 0;
  std::size_t at = begin;
  for (Read c = read(at); c.kind == Kind::Space; c = read(at)) {
    at = c.next;
    if (is_line_break(c.value)) after_break = at;
  }
  return after_break ? after_break : space_end(read, begin);
}

template <class Reader>
std::size_t end_of(KnownSplit split, const Reader& read, std::size_t begin) {
  assert(split != KnownSplit::None);
  if (split == KnownSplit::Gpt2) return gpt2_end(read, begin);
  return llama_end(read, begin, split == KnownSplit::Llama3 ? 3 : 1);
}

}  // namespace

KnownSplit known_split(std::string_view expression) {
  if (expression == kGpt2Split) return KnownSplit::Gpt2;
  if (expression == kQwen2Split) return KnownSplit::Qwen2;
  if (expression == kLlama3Split) return KnownSplit::Llama3;
  return KnownSplit::None;
}

KnownSplit known_byte_level_split(const Json& json) {
  const auto is = [](const Json& step, const char* key, const Json& value, const Json& otherwise) {
    return step.value(key, otherwise) == value;
  };
  const auto is_bare_byte_level = [&](const Json& step, bool splits) {
    return step.is_object() && is(step, "type", "ByteLevel", "") &&
           is(step, "add_prefix_space", false, true) && is(step, "use_regex", splits, true);
  };
  if (is_bare_byte_level(json, true)) return KnownSplit::Gpt2;
  if (!json.is_object() || !is(json, "type", "Sequence", "")) return KnownSplit::None;
  const Json steps = json.value("pretokenizers", Json());
  if (!steps.is_array() || steps.size() != 2 || !is_bare_byte_level(steps[1], false)) return KnownSplit::None;
  const Json& split = steps[0];
  const bool isolates = split.is_object() && is(split, "type", "Split", "") &&
                        is(split, "behavior", "Isolated", "") && is(split, "invert", false, false);
  if (!isolates || !split.contains("pattern") || !split["pattern"].is_object()) return KnownSplit::None;
  const Json expression = split["pattern"].value("Regex", Json());
  return expression.is_string() ? known_split(expression.get_ref<const std::string&>()) : KnownSplit::None;
}

std::size_t piece_end(KnownSplit split, std::string_view text, std::size_t begin) {
  return end_of(split, Utf8Reader{text}, begin);
}

std::vector<Stretch> matches_of(KnownSplit split, const SymbolText& text) {
  std::vector<Stretch> pieces;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = end_of(split, SymbolReader{text}, begin);
    pieces.emplace_back(begin, end);
    begin = end;
  }
  return pieces;
}

}  // namespace headscope
