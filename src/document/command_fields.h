#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "document/command.h"
#include "document/names.h"

/// What the tables of commands are written in: a field ties one argument to one member of a command, so that
/// its name, type, range and default are stated once.
namespace headscope {

/// Errors of the three: InvalidArgument, a sentence with the argument's name and range.
Result<double> read_number(const std::string& word, const ArgumentSpec& spec);
Result<int> read_integer(const std::string& word, const ArgumentSpec& spec);
Error wrong_argument(const std::string& word, const ArgumentSpec& spec);
/// The shortest text that reads back as the same number.
std::string write_number(float value);
/// "+1" for positive ones when `plus`: then the number is a way to go.
std::string write_integer(int value, bool plus);

template <class C>
struct Field {
  ArgumentSpec spec;
  std::function<Status(C&, const std::string& word, const ArgumentSpec&)> read;
  std::function<std::string(const C&)> write;
};

template <class C>
Field<C> number(float C::*member, const char* name, double low, double high,
                std::optional<std::string> fallback = {}) {
  return {{name, ArgumentSpec::Type::Number, low, high, {}, std::move(fallback)},
          [member](C& command, const std::string& word, const ArgumentSpec& spec) -> Status {
            const Result<double> value = read_number(word, spec);
            if (!value) return value.error();
            command.*member = static_cast<float>(*value);
            return {};
          },
          [member](const C& command) { return write_number(command.*member); }};
}

/// A number, or the word that stands for none.
template <class C>
Field<C> number_or(std::optional<float> C::*member, const char* name, double low, double high,
                   const std::string& none, std::optional<std::string> fallback = {}) {
  return {
      {name, ArgumentSpec::Type::Number, low, high, {none}, std::move(fallback)},
      [member, none](C& command, const std::string& word, const ArgumentSpec& spec) -> Status {
        (command.*member).reset();
        if (word == none) return {};
        const Result<double> value = read_number(word, spec);
        if (!value) return value.error();
        command.*member = static_cast<float>(*value);
        return {};
      },
      [member, none](const C& command) { return command.*member ? write_number(*(command.*member)) : none; }};
}

template <class C>
Field<C> integer(int C::*member, const char* name, int low, int high,
                 std::optional<std::string> fallback = {}) {
  return {{name, ArgumentSpec::Type::Integer, double(low), double(high), {}, std::move(fallback)},
          [member](C& command, const std::string& word, const ArgumentSpec& spec) -> Status {
            const Result<int> value = read_integer(word, spec);
            if (!value) return value.error();
            command.*member = *value;
            return {};
          },
          [member, signs = low < 0](const C& command) { return write_integer(command.*member, signs); }};
}

template <class C>
Field<C> integer_or(std::optional<int> C::*member, const char* name, int low, int high,
                    const std::string& none, std::optional<std::string> fallback = {}) {
  return {{name, ArgumentSpec::Type::Integer, double(low), double(high), {none}, std::move(fallback)},
          [member, none](C& command, const std::string& word, const ArgumentSpec& spec) -> Status {
            (command.*member).reset();
            if (word == none) return {};
            const Result<int> value = read_integer(word, spec);
            if (!value) return value.error();
            command.*member = *value;
            return {};
          },
          [member, none](const C& command) {
            return command.*member ? std::to_string(*(command.*member)) : none;
          }};
}

template <class C>
Field<C> text(std::string C::*member, const char* name, std::optional<std::string> fallback = {}) {
  return {{name, ArgumentSpec::Type::Text, 0, 0, {}, std::move(fallback)},
          [member](C& command, const std::string& word, const ArgumentSpec&) -> Status {
            command.*member = word;
            return {};
          },
          [member](const C& command) { return command.*member; }};
}

template <class C>
Field<C> head(HeadRef C::*member, const char* name) {
  return {{name, ArgumentSpec::Type::Head, 0, 0, {}, {}},
          [member](C& command, const std::string& word, const ArgumentSpec&) -> Status {
            const Result<HeadRef> value = parse_head(word);
            if (!value) return value.error();
            command.*member = *value;
            return {};
          },
          [member](const C& command) { return to_string(command.*member); }};
}

/// Errors: InvalidArgument. "all" gives none.
Result<std::vector<HeadRef>> read_heads(const std::string& words);
std::string write_heads(const std::vector<HeadRef>& heads);

template <class C>
Field<C> heads(std::vector<HeadRef> C::*member, const char* name) {
  return {{name, ArgumentSpec::Type::Heads, 0, 0, {"all"}, {}},
          [member](C& command, const std::string& words, const ArgumentSpec&) -> Status {
            Result<std::vector<HeadRef>> value = read_heads(words);
            if (!value) return value.error();
            command.*member = std::move(*value);
            return {};
          },
          [member](const C& command) { return write_heads(command.*member); }};
}

/// Something in the picture (document/place.h).
template <class C>
Field<C> place(Place C::*member, const char* name, std::optional<std::string> fallback = {}) {
  return {{name, ArgumentSpec::Type::Place, 0, 0, {}, std::move(fallback)},
          [member](C& command, const std::string& words, const ArgumentSpec&) -> Status {
            const Result<Place> value = parse_place(words);
            if (!value) return value.error();
            command.*member = *value;
            return {};
          },
          [member](const C& command) { return to_string(command.*member); }};
}

/// Several of them; "all" for none.
template <class C>
Field<C> places(std::vector<Place> C::*member, const char* name, std::optional<std::string> fallback = {}) {
  return {{name, ArgumentSpec::Type::Places, 0, 0, {}, std::move(fallback)},
          [member](C& command, const std::string& words, const ArgumentSpec&) -> Status {
            Result<std::vector<Place>> value = parse_places(words);
            if (!value) return value.error();
            command.*member = std::move(*value);
            return {};
          },
          [member](const C& command) { return to_string(command.*member); }};
}

template <class C, class E>
Field<C> choice(E C::*member, const char* name, std::optional<std::string> fallback = {}) {
  std::vector<std::string> choices(kNamesOf<E>.begin(), kNamesOf<E>.end());
  return {{name, ArgumentSpec::Type::Choice, 0, 0, std::move(choices), std::move(fallback)},
          [member](C& command, const std::string& word, const ArgumentSpec& spec) -> Status {
            const std::optional<E> value = from_name<E>(word);
            if (!value) return wrong_argument(word, spec);
            command.*member = *value;
            return {};
          },
          [member](const C& command) { return std::string(name_of(command.*member)); }};
}

/// A choice, or "next", which is also what is meant when it is left out.
template <class C, class E>
Field<C> choice_or_next(std::optional<E> C::*member, const char* name) {
  std::vector<std::string> choices(kNamesOf<E>.begin(), kNamesOf<E>.end());
  choices.emplace_back("next");
  return {{name, ArgumentSpec::Type::Choice, 0, 0, std::move(choices), "next"},
          [member](C& command, const std::string& word, const ArgumentSpec& spec) -> Status {
            command.*member = from_name<E>(word);
            if (!(command.*member) && word != "next") return wrong_argument(word, spec);
            return {};
          },
          [member](const C& command) {
            return command.*member ? std::string(name_of(*(command.*member))) : std::string("next");
          }};
}

template <class C>
Field<C> on_off(Switch C::*member) {
  Field<C> field = choice(member, "state", "toggle");
  field.spec.type = ArgumentSpec::Type::Switch;
  return field;
}

/// One row of the table. `Kind` is Action or Control.
template <class Kind, class C>
CommandSpec describe(const char* name, const char* help, std::vector<Field<C>> fields = {}) {
  CommandSpec spec{name, help, {}, std::is_same_v<Kind, Action>, {}, {}};
  for (const Field<C>& field : fields) spec.arguments.push_back(field.spec);
  const auto shared = std::make_shared<const std::vector<Field<C>>>(std::move(fields));
  spec.make = [shared, name = std::string(name)](std::span<const std::string> words) -> Result<Command> {
    C command;
    if (words.size() > shared->size()) {
      return Error{ErrorCode::InvalidArgument,
                   "'" + name + "' takes at most " + std::to_string(shared->size()) + " argument" +
                       (shared->size() == 1 ? "" : "s") + ", found " + std::to_string(words.size()),
                   "Put a text with spaces in double quotes"};
    }
    for (std::size_t i = 0; i < shared->size(); ++i) {
      const Field<C>& field = (*shared)[i];
      if (i >= words.size() && !field.spec.fallback) {
        return Error{ErrorCode::InvalidArgument, "'" + name + "' needs " + field.spec.name,
                     "Write " + name + " " + field.spec.values()};
      }
      const std::string& word = i < words.size() ? words[i] : *field.spec.fallback;
      if (Status status = field.read(command, word, field.spec); !status) {
        return Error{status.error().code, "'" + name + "': " + status.error().message, status.error().hint};
      }
    }
    return Command{Kind{std::move(command)}};
  };
  spec.words = [shared](const Command& command) {
    std::vector<std::string> words;
    for (const Field<C>& field : *shared) {
      words.push_back(field.write(std::get<C>(std::get<Kind>(command))));
    }
    return words;
  };
  return spec;
}

/// The tables, in the order of the variants' alternatives.
std::vector<CommandSpec> action_specs();
std::vector<CommandSpec> control_specs();

}  // namespace headscope
