#include "document/command_words.h"

#include <algorithm>

#include "base/utf8.h"

namespace headscope {

namespace {

constexpr std::string_view kSpaces = " \t\r\n";

/// Reads the quoted text that begins at `at` and moves `at` behind its closing quote.
Result<std::string> read_quoted(std::string_view text, std::size_t& at) {
  std::string value;
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') {
      ++at;
      return value;
    }
    if (text[at] != '\\' || at + 1 == text.size()) {
      value.push_back(text[at]);
      continue;
    }
    switch (text[++at]) {
      case 'n':
        value.push_back('\n');
        break;
      case 't':
        value.push_back('\t');
        break;
      case 'r':
        value.push_back('\r');
        break;
      case '0':
        value.push_back('\0');
        break;
      default:
        value.push_back(text[at]);
    }
  }
  return Error{ErrorCode::InvalidArgument, "a text in double quotes does not end",
               "Close it with \", and write \\\" for a quote inside"};
}

}  // namespace

Result<std::vector<std::string>> split_arguments(std::string_view rest,
                                                 std::span<const ArgumentSpec> arguments) {
  std::vector<std::string> words;
  const auto joins = [&](ArgumentSpec::Type type) {
    return !arguments.empty() && words.size() + 1 >= arguments.size() && arguments.back().type == type;
  };
  int place_words_left = 0;  // of the place that the last word belongs to
  std::size_t at = rest.find_first_not_of(kSpaces);
  while (at != std::string_view::npos && at < rest.size()) {
    if (rest[at] == '"') {
      place_words_left = 0;
      Result<std::string> word = read_quoted(rest, at);
      if (!word) return word.error();
      words.push_back(std::move(*word));
    } else if (words.size() < arguments.size() && place_words_left <= 0 && joins(ArgumentSpec::Type::Text)) {
      words.emplace_back(rest.substr(at));
      break;
    } else {
      const std::size_t end = std::min(rest.find_first_of(kSpaces, at), rest.size());
      const std::string_view word = rest.substr(at, end - at);
      const bool in_list = words.size() == arguments.size() &&
                           (joins(ArgumentSpec::Type::Heads) || joins(ArgumentSpec::Type::Places));
      if (in_list || place_words_left > 0) {
        words.back().append(" ").append(word);
        --place_words_left;
      } else {
        words.emplace_back(word);
        const bool place =
            words.size() <= arguments.size() && arguments[words.size() - 1].type == ArgumentSpec::Type::Place;
        place_words_left = place ? words_of_place(word) - 1 : 0;
      }
      at = end;
    }
    at = rest.find_first_not_of(kSpaces, at);
  }
  return words;
}

std::string quote_argument(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    switch (c) {
      case '\n':
        quoted += "\\n";
        break;
      case '\t':
        quoted += "\\t";
        break;
      case '\r':
        quoted += "\\r";
        break;
      case '\0':
        quoted += "\\0";
        break;
      case '"':
      case '\\':
        quoted.push_back('\\');
        [[fallthrough]];
      default:
        quoted.push_back(c);
    }
  }
  return quoted + "\"";
}

}  // namespace headscope
