#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "document/argument_codec.h"
#include "document/command.h"

/// What the tables of commands are written in: a field ties one argument to one member of a command, so that
/// its name, type, range and default are stated once.
namespace headscope {

/// A field that has forgotten which command it belongs to, so that reading and writing are compiled once.
struct AnyField {
  ArgumentSpec spec;
  std::ptrdiff_t offset = 0;  ///< bytes from the command to its member
  ArgumentCodec codec;
};

/// One argument of the command C.
template <class C>
struct Field {
  template <class T>
  Field(T C::*member, const CodecOf<T>& codec, ArgumentSpec spec) : any{std::move(spec), 0, codec} {
    const C command;
    any.offset = reinterpret_cast<const char*>(&(command.*member)) - reinterpret_cast<const char*>(&command);
  }
  AnyField any;
};

template <class C>
Field<C> number(float C::*member, const char* name, double low, double high,
                std::optional<std::string> fallback = {}) {
  return {member, number_codec(), {name, ArgumentSpec::Type::Number, low, high, {}, std::move(fallback)}};
}

/// A number, or the word that stands for none.
template <class C>
Field<C> number_or(std::optional<float> C::*member, const char* name, double low, double high,
                   const std::string& none, std::optional<std::string> fallback = {}) {
  return {member,
          optional_number_codec(),
          {name, ArgumentSpec::Type::Number, low, high, {none}, std::move(fallback)}};
}

template <class C>
Field<C> integer(int C::*member, const char* name, int low, int high,
                 std::optional<std::string> fallback = {}) {
  return {member,
          integer_codec(),
          {name, ArgumentSpec::Type::Integer, double(low), double(high), {}, std::move(fallback)}};
}

template <class C>
Field<C> integer_or(std::optional<int> C::*member, const char* name, int low, int high,
                    const std::string& none, std::optional<std::string> fallback = {}) {
  return {member,
          optional_integer_codec(),
          {name, ArgumentSpec::Type::Integer, double(low), double(high), {none}, std::move(fallback)}};
}

template <class C>
Field<C> text(std::string C::*member, const char* name, std::optional<std::string> fallback = {}) {
  return {member, text_codec(), {name, ArgumentSpec::Type::Text, 0, 0, {}, std::move(fallback)}};
}

template <class C>
Field<C> head(HeadRef C::*member, const char* name) {
  return {member, head_codec(), {name, ArgumentSpec::Type::Head, 0, 0, {}, {}}};
}

template <class C>
Field<C> heads(std::vector<HeadRef> C::*member, const char* name) {
  return {member, heads_codec(), {name, ArgumentSpec::Type::Heads, 0, 0, {"all"}, {}}};
}

/// Something in the picture (document/place.h).
template <class C>
Field<C> place(Place C::*member, const char* name, std::optional<std::string> fallback = {}) {
  return {member, place_codec(), {name, ArgumentSpec::Type::Place, 0, 0, {}, std::move(fallback)}};
}

/// Several of them; "all" for none.
template <class C>
Field<C> places(std::vector<Place> C::*member, const char* name, std::optional<std::string> fallback = {}) {
  return {member, places_codec(), {name, ArgumentSpec::Type::Places, 0, 0, {"all"}, std::move(fallback)}};
}

template <class C, class E>
Field<C> choice(E C::*member, const char* name, std::optional<std::string> fallback = {}) {
  return {member,
          choice_codec<E>(),
          {name, ArgumentSpec::Type::Choice, 0, 0, choice_names<E>(), std::move(fallback)}};
}

/// A choice, or "next", which is also what is meant when it is left out.
template <class C, class E>
Field<C> choice_or_next(std::optional<E> C::*member, const char* name) {
  std::vector<std::string> choices = choice_names<E>();
  choices.emplace_back("next");
  return {member,
          choice_or_next_codec<E>(),
          {name, ArgumentSpec::Type::Choice, 0, 0, std::move(choices), "next"}};
}

template <class C>
Field<C> on_off(Switch C::*member) {
  return {member,
          choice_codec<Switch>(),
          {"state", ArgumentSpec::Type::Switch, 0, 0, choice_names<Switch>(), "toggle"}};
}

/// One row of the table; `make` and `words` come with it.
///   begin  makes a command of this kind with its defaults, and says where it lies
///   find   where it lies in one that is of this kind
CommandSpec describe_any(const char* name, const char* help, bool changes_document,
                         std::vector<AnyField> fields, void* (*begin)(Command&), void* (*find)(Command&));

/// The same; `Kind` is Action or Control. What is written here is compiled for each command: hence so little.
template <class Kind, class C>
CommandSpec describe(const char* name, const char* help, std::initializer_list<Field<C>> fields) {
  std::vector<AnyField> all;
  for (const Field<C>& field : fields) all.push_back(field.any);
  return describe_any(
      name, help, std::is_same_v<Kind, Action>, std::move(all),
      [](Command& command) -> void* { return &command.emplace<Kind>().template emplace<C>(); },
      [](Command& command) -> void* { return &std::get<C>(std::get<Kind>(command)); });
}

/// The tables, in the order of the variants' alternatives.
std::vector<CommandSpec> action_specs();
std::vector<CommandSpec> control_specs();

}  // namespace headscope
