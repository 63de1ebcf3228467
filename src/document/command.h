#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "document/action.h"
#include "document/control.h"

/// The one language of panels, keys, `--do`, saved scripts and tests: a name and its arguments, separated by
/// spaces.
///
///   set-text "the dog slept ."      select-heads 2.5 2.6      step +1      set-threshold 0.05
///
/// An argument in double quotes may hold spaces; within quotes \" \\ \n \t \r stand for the characters they
/// stand for in C. A text that comes last may go without quotes when it does not begin with one: it is then
/// the rest of the line, as it is. A line that is empty or begins with # is no command.
namespace headscope {

/// An Action changes the document and can be undone; a Control does not.
using Command = std::variant<Action, Control>;

/// One argument as people read it; the range is stated here and nowhere else.
struct ArgumentSpec {
  enum class Type { Number, Integer, Text, Head, Heads, Place, Places, Choice, Switch };
  std::string name;
  Type type = Type::Text;
  double low = 0, high = 0;             ///< of numbers and integers, both included
  std::vector<std::string> choices;     ///< of choices and switches; of numbers: words that stand beside them
  std::optional<std::string> fallback;  ///< the text that is meant when the argument is left out

  /// "0…1", "columns|arcs|horizontal|matrix|next", "LAYER.HEAD".
  std::string values() const;
};

struct CommandSpec {
  std::string name;  ///< "set-threshold"
  std::string help;  ///< one line, no full stop
  std::vector<ArgumentSpec> arguments;
  bool changes_document = false;

  /// From the words after the name, one for each argument at most. Errors: InvalidArgument.
  std::function<Result<Command>(std::span<const std::string> words)> make;
  /// The words after the name. REQUIRES: the command is of this kind.
  std::function<std::vector<std::string>(const Command&)> words;

  /// "set-threshold THRESHOLD".
  std::string usage() const;
};

/// Every command, actions first, in the order the list in the program shows them.
const std::vector<CommandSpec>& command_specs();
/// Null when there is none of that name.
const CommandSpec* find_command(std::string_view name);
const CommandSpec& spec_of(const Command& command);
const CommandSpec& spec_of(const Action& action);

/// Errors: InvalidArgument: unknown name (with the nearest one as a hint), missing, surplus or wrong
/// argument.
Result<Command> parse_command(std::string_view line);
/// Commands of a script, one a line; errors name the line.
Result<std::vector<Command>> parse_script(std::string_view script);

/// Parses back to an equal command.
std::string to_string(const Command& command);

/// `text` as a quoted argument.
std::string quote_argument(std::string_view text);

/// "2.5" → layer 2, head 5. Errors: InvalidArgument.
Result<HeadRef> parse_head(std::string_view text);
std::string to_string(const HeadRef& head);

}  // namespace headscope
