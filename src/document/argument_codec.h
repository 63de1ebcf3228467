#pragma once

#include <optional>
#include <string>
#include <vector>

#include "document/command.h"
#include "document/names.h"

/// How the value of an argument is read from a word and written back.
namespace headscope {

/// `value` points to the type that the codec is for; CodecOf remembers which.
struct ArgumentCodec {
  /// Errors: InvalidArgument, a sentence with the argument's name and range.
  Status (*read)(void* value, const std::string& word, const ArgumentSpec& spec);
  std::string (*write)(const void* value, const ArgumentSpec& spec);
};

template <class T>
struct CodecOf : ArgumentCodec {};

CodecOf<float> number_codec();
/// None is the first of the argument's choices.
CodecOf<std::optional<float>> optional_number_codec();
/// With a sign where the range has negative numbers: then the number is a way to go.
CodecOf<int> integer_codec();
CodecOf<std::optional<int>> optional_integer_codec();
CodecOf<std::string> text_codec();
CodecOf<HeadRef> head_codec();
CodecOf<std::vector<HeadRef>> heads_codec();
CodecOf<Place> place_codec();
CodecOf<std::vector<Place>> places_codec();

Error wrong_argument(const std::string& word, const ArgumentSpec& spec);
/// The shortest text that reads back as the same number.
std::string write_number(float value);

template <class E>
std::vector<std::string> choice_names() {
  return {kNamesOf<E>.begin(), kNamesOf<E>.end()};
}

template <class E>
CodecOf<E> choice_codec() {
  return {{[](void* value, const std::string& word, const ArgumentSpec& spec) -> Status {
             const std::optional<E> found = from_name<E>(word);
             if (!found) return wrong_argument(word, spec);
             *static_cast<E*>(value) = *found;
             return {};
           },
           [](const void* value, const ArgumentSpec&) {
             return std::string(name_of(*static_cast<const E*>(value)));
           }}};
}

template <class E>
CodecOf<std::optional<E>> choice_or_next_codec() {
  return {{[](void* value, const std::string& word, const ArgumentSpec& spec) -> Status {
             auto& found = *static_cast<std::optional<E>*>(value);
             found = from_name<E>(word);
             if (!found && word != "next") return wrong_argument(word, spec);
             return {};
           },
           [](const void* value, const ArgumentSpec&) {
             const auto& choice = *static_cast<const std::optional<E>*>(value);
             return choice ? std::string(name_of(*choice)) : std::string("next");
           }}};
}

}  // namespace headscope
