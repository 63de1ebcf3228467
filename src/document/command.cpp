#include "document/command.h"

#include <algorithm>
#include <cassert>
#include <memory>
#include <utility>

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

// ---- Registry ----

namespace {

void* member_of(void* command, const AnyField& field) {
  return static_cast<char*>(command) + field.offset;
}

/// Fills the command from the words after its name. Errors: InvalidArgument, which names both.
Status read_fields(std::span<const AnyField> fields, const std::string& name,
                   std::span<const std::string> words, void* command) {
  if (words.size() > fields.size()) {
    return Error{ErrorCode::InvalidArgument,
                 "'" + name + "' takes at most " + std::to_string(fields.size()) + " argument" +
                     (fields.size() == 1 ? "" : "s") + ", found " + std::to_string(words.size()),
                 "Put a text with spaces in double quotes"};
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const ArgumentSpec& spec = fields[i].spec;
    if (i >= words.size() && !spec.fallback) {
      return Error{ErrorCode::InvalidArgument, "'" + name + "' needs " + spec.name,
                   "Write " + name + " " + spec.values()};
    }
    const std::string& word = i < words.size() ? words[i] : *spec.fallback;
    if (Status status = fields[i].codec.read(member_of(command, fields[i]), word, spec); !status) {
      return Error{status.error().code, "'" + name + "': " + status.error().message, status.error().hint};
    }
  }
  return {};
}

}  // namespace

CommandSpec describe_any(const char* name, const char* help, bool changes_document,
                         std::vector<AnyField> fields, void* (*begin)(Command&), void* (*find)(Command&)) {
  CommandSpec spec{name, help, {}, changes_document, {}, {}};
  for (const AnyField& field : fields) spec.arguments.push_back(field.spec);
  const auto shared = std::make_shared<const std::vector<AnyField>>(std::move(fields));
  spec.make = [shared, name, begin](std::span<const std::string> words) -> Result<Command> {
    Command command;
    if (Status status = read_fields(*shared, name, words, begin(command)); !status) return status.error();
    return command;
  };
  spec.words = [shared, find](const Command& command) {
    Command copy = command;
    void* const inside = find(copy);
    std::vector<std::string> words;
    for (const AnyField& field : *shared)
      words.push_back(field.codec.write(member_of(inside, field), field.spec));
    return words;
  };
  return spec;
}

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
  if (const auto* action = std::get_if<Action>(&command)) return spec_of(*action);
  return command_specs()[std::variant_size_v<Action> + std::get<Control>(command).index()];
}

const CommandSpec& spec_of(const Action& action) {
  return command_specs()[action.index()];
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
