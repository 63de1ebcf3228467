#include "document/command.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>

#include "document/command_fields.h"
#include "document/command_words.h"
#include "io/quote.h"

namespace headscope {

namespace {

std::string joined(std::span<const std::string> words, std::string_view between) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) text.append(i ? between : "").append(words[i]);
  return text;
}

/// How many letters must be inserted, deleted or replaced to make one word of the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::string nearest_command(std::string_view name) {
  const auto& specs = command_specs();
  const auto nearest = std::min_element(specs.begin(), specs.end(), [&](const auto& a, const auto& b) {
    return edit_distance(name, a.name) < edit_distance(name, b.name);
  });
  return nearest->name;
}

}  // namespace

// ---- Arguments ----

namespace {

/// "0.05…20", "0, 1, 2, …" or "a number": a bound that nobody meets is not worth reading.
std::string range_text(double low, double high, bool whole) {
  constexpr double kEndless = 9999;
  const auto text = [whole](double v) {
    return whole ? std::to_string(static_cast<int>(v)) : write_number(static_cast<float>(v));
  };
  if (high < kEndless) return text(low) + "…" + text(high);
  if (low > -kEndless) return whole ? text(low) + ", " + text(low + 1) + ", …" : text(low) + " or more";
  return whole ? "±N" : "±NUMBER";
}

}  // namespace

std::string ArgumentSpec::values() const {
  const std::string words = joined(choices, "|");
  switch (type) {
    case Type::Number:
    case Type::Integer:
      return range_text(low, high, type == Type::Integer) + (words.empty() ? "" : "|" + words);
    case Type::Text:
      return "TEXT";
    case Type::Head:
      return "LAYER.HEAD";
    case Type::Heads:
      return "LAYER.HEAD …|all";
    case Type::Place:
      return "all|token T|edge QUERY KEY|cell QUERY KEY";
    case Type::Places:
      return "all|token T|edge QUERY KEY …";
    case Type::Choice:
    case Type::Switch:
      return words;
  }
  return {};
}

Error wrong_argument(const std::string& word, const ArgumentSpec& spec) {
  return {ErrorCode::InvalidArgument, spec.name + " must be " + spec.values() + ", found " + quote(word, 60),
          "Type ? in the program or run 'headscope commands' for all commands"};
}

Result<double> read_number(const std::string& word, const ArgumentSpec& spec) {
  const char* begin = word.data() + (word.starts_with('+') ? 1 : 0);
  const char* end = word.data() + word.size();
  float value = 0;
  const auto [stop, fault] = std::from_chars(begin, end, value);
  // Bounds are compared as floats: what is stored is a float, and 0.1 must be inside 0.1…4.
  if (fault != std::errc{} || stop != end || !std::isfinite(value) || value < static_cast<float>(spec.low) ||
      value > static_cast<float>(spec.high)) {
    return wrong_argument(word, spec);
  }
  return static_cast<double>(value);
}

Result<int> read_integer(const std::string& word, const ArgumentSpec& spec) {
  const char* begin = word.data() + (word.starts_with('+') && word.size() > 1 && word[1] != '-' ? 1 : 0);
  const char* end = word.data() + word.size();
  int value = 0;
  const auto [stop, fault] = std::from_chars(begin, end, value);
  if (fault != std::errc{} || stop != end || value < spec.low || value > spec.high) {
    return wrong_argument(word, spec);
  }
  return value;
}

std::string write_number(float value) {
  char buffer[64];
  const auto [end, fault] = std::to_chars(buffer, buffer + sizeof buffer, value);
  assert(fault == std::errc{});
  return {buffer, end};
}

std::string write_integer(int value, bool plus) {
  std::string text(plus && value > 0 ? "+" : "");
  return text.append(std::to_string(value));
}

Result<HeadRef> parse_head(std::string_view text) {
  HeadRef head;
  const char* end = text.data() + text.size();
  const auto layer = std::from_chars(text.data(), end, head.layer);
  if (layer.ec == std::errc{} && layer.ptr != end && *layer.ptr == '.') {
    const auto rest = std::from_chars(layer.ptr + 1, end, head.head);
    if (rest.ec == std::errc{} && rest.ptr == end && head.layer >= 0 && head.head >= 0) return head;
  }
  return Error{ErrorCode::InvalidArgument, "a head is written LAYER.HEAD, found " + quote(text, 60),
               "Write 2.5 for head 5 of layer 2; both count from 0"};
}

std::string to_string(const HeadRef& head) {
  return std::to_string(head.layer) + "." + std::to_string(head.head);
}

Result<std::vector<HeadRef>> read_heads(const std::string& words) {
  if (words == "all") return std::vector<HeadRef>{};
  std::vector<HeadRef> heads;
  for (std::size_t begin = 0; begin < words.size();) {
    const std::size_t end = std::min(words.find(' ', begin), words.size());
    if (end > begin) {
      Result<HeadRef> head = parse_head(std::string_view(words).substr(begin, end - begin));
      if (!head) return head.error();
      heads.push_back(*head);
    }
    begin = end + 1;
  }
  if (heads.empty())
    return Error{ErrorCode::InvalidArgument, "no head is named", "Write heads as 2.5 2.6, or all"};
  return heads;
}

std::string write_heads(const std::vector<HeadRef>& heads) {
  if (heads.empty()) return "all";
  std::vector<std::string> words;
  for (const HeadRef& head : heads) words.push_back(to_string(head));
  return joined(words, " ");
}

// ---- Registry ----

std::string CommandSpec::usage() const {
  std::string text = name;
  for (const ArgumentSpec& argument : arguments) {
    const std::string values = argument.values();
    text += argument.fallback ? " [" + values + "]" : " " + values;
  }
  return text;
}

const std::vector<CommandSpec>& command_specs() {
  static const std::vector<CommandSpec> specs = [] {
    std::vector<CommandSpec> all = action_specs();
    assert(all.size() == std::variant_size_v<Action>);
    for (CommandSpec& spec : control_specs()) all.push_back(std::move(spec));
    assert(all.size() == std::variant_size_v<Action> + std::variant_size_v<Control>);
    return all;
  }();
  return specs;
}

const CommandSpec* find_command(std::string_view name) {
  for (const CommandSpec& spec : command_specs()) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

const CommandSpec& spec_of(const Command& command) {
  const auto* action = std::get_if<Action>(&command);
  const std::size_t index =
      action ? action->index() : std::variant_size_v<Action> + std::get<Control>(command).index();
  return command_specs()[index];
}

// ---- Text to command and back ----

Result<Command> parse_command(std::string_view line) {
  const std::size_t begin = std::min(line.find_first_not_of(" \t\r\n"), line.size());
  const std::size_t end = std::min(line.find_first_of(" \t\r\n", begin), line.size());
  const std::string name(line.substr(begin, end - begin));
  if (name.empty())
    return Error{ErrorCode::InvalidArgument, "an empty line is no command",
                 "Write a command, such as step +1"};
  const CommandSpec* spec = find_command(name);
  if (!spec) {
    return Error{ErrorCode::InvalidArgument, "there is no command " + quote(name, 60),
                 "Did you mean " + nearest_command(std::string_view(name).substr(0, 60)) + "?"};
  }
  Result<std::vector<std::string>> words = split_arguments(line.substr(end), spec->arguments);
  if (!words)
    return Error{words.error().code, "'" + name + "': " + words.error().message, words.error().hint};
  return spec->make(*words);
}

Result<std::vector<Command>> parse_script(std::string_view script) {
  std::vector<Command> commands;
  int number = 0;
  for (std::size_t begin = 0; begin < script.size();) {
    const std::size_t end = std::min(script.find('\n', begin), script.size());
    const std::string_view line = script.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    Result<Command> command = parse_command(line);
    if (!command) {
      return Error{command.error().code, "line " + std::to_string(number) + ": " + command.error().message,
                   command.error().hint};
    }
    commands.push_back(std::move(*command));
  }
  return commands;
}

std::string to_string(const Command& command) {
  const CommandSpec& spec = spec_of(command);
  const std::vector<std::string> words = spec.words(command);
  std::string text = spec.name;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool quoted = spec.arguments[i].type == ArgumentSpec::Type::Text;
    text += " " + (quoted ? quote_argument(words[i]) : words[i]);
  }
  return text;
}

}  // namespace headscope
