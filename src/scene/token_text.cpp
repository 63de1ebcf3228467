#include "scene/token_text.h"

#include <cctype>

#include "base/utf8.h"

namespace headscope {
namespace {

/// Longer tokens are cut in the middle: a pill is not a paragraph (the inspector has the whole token).
constexpr std::size_t kMaxShown = 32;

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80;
}

bool is_invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF || (c >= 0xFE00 && c <= 0xFE0F);
}

std::string code_point_name(char32_t c) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string name = "U+";
  for (int shift = c > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4) name.push_back(kHex[c >> shift & 15]);
  return name;
}

std::string visible(const std::string& text) {
  const std::vector<CodePoint> points = code_points(text);
  bool nothing_to_see = true;
  for (const CodePoint& c : points) nothing_to_see = nothing_to_see && is_invisible(c.value);
  std::string out;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points.size() > kMaxShown && i == kMaxShown / 2) {
      out += "…";
      i = points.size() - kMaxShown / 2;
    }
    switch (const char32_t c = points[i].value) {
      case ' ':
        out += "·";
        break;
      case '\n':
        out += "⏎";
        break;
      case '\r':
        out += "␍";
        break;
      case '\t':
        out += "⇥";
        break;
      case 0xA0:
        out += "⍽";
        break;
      default:
        if (nothing_to_see)
          out += code_point_name(c);
        else
          append_utf8(out, c);
    }
  }
  return out;
}

bool one_leading_space(const std::string& text) {
  return text.size() > 1 && text[0] == ' ' && !std::isspace(static_cast<unsigned char>(text[1]));
}

/// Whether a missing leading space tells something: some whole token goes on with the word before it.
bool spaces_tell(std::span<const TraceToken> tokens) {
  const TraceToken* before = nullptr;
  for (const TraceToken& token : tokens) {
    if (token.text.empty()) {
      before = nullptr;
      continue;
    }
    if (!before && one_leading_space(token.text)) return true;  // a text that begins with a space
    if (before && !token.piece && !before->piece && is_word_byte(before->text.back()) &&
        is_word_byte(token.text[0]))
      return true;
    before = &token;
  }
  return false;
}

}  // namespace

std::vector<TokenText> token_texts(std::span<const TraceToken> tokens) {
  const bool tell = spaces_tell(tokens);
  std::vector<TokenText> texts;
  texts.reserve(tokens.size());
  for (const TraceToken& token : tokens) {
    TokenText shown;
    if (token.text.empty() || (!token.label.empty() && !is_valid_utf8(token.text))) {
      shown.text = !token.label.empty() ? token.label : "#" + std::to_string(token.id);
    } else if (one_leading_space(token.text)) {
      if (tell || token.piece) shown.mark = "·";
      shown.text = visible(token.text.substr(1));
    } else {
      shown.text = visible(token.text);
    }
    texts.push_back(std::move(shown));
  }
  return texts;
}

std::string quoted_token(const TraceToken& token) {
  if (token.text.empty())
    return "“" + (token.label.empty() ? "#" + std::to_string(token.id) : token.label) + "”";
  return "“" + visible(one_leading_space(token.text) ? token.text.substr(1) : token.text) + "”";
}

}  // namespace headscope
