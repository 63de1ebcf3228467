#include "document/argument_codec.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include "document/place.h"
#include "io/quote.h"

namespace headscope {

Error wrong_argument(const std::string& word, const ArgumentSpec& spec) {
  return {ErrorCode::InvalidArgument, spec.name + " must be " + spec.values() + ", found " + quote(word, 60),
          "Type ? in the program or run 'headscope commands' for all commands"};
}

std::string write_number(float value) {
  char buffer[64];
  const auto [end, fault] = std::to_chars(buffer, buffer + sizeof buffer, value);
  assert(fault == std::errc{});
  return {buffer, end};
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

namespace {

Status read_number(const std::string& word, const ArgumentSpec& spec, float& value) {
  const char* begin = word.data() + (word.starts_with('+') ? 1 : 0);
  const char* end = word.data() + word.size();
  float number = 0;
  const auto [stop, fault] = std::from_chars(begin, end, number);
  // Bounds are compared as floats: what is stored is a float, and 0.1 must be inside 0.1…4.
  if (fault != std::errc{} || stop != end || !std::isfinite(number) ||
      number < static_cast<float>(spec.low) || number > static_cast<float>(spec.high)) {
    return wrong_argument(word, spec);
  }
  value = number;
  return {};
}

Status read_integer(const std::string& word, const ArgumentSpec& spec, int& value) {
  const char* begin = word.data() + (word.starts_with('+') && word.size() > 1 && word[1] != '-' ? 1 : 0);
  const char* end = word.data() + word.size();
  int number = 0;
  const auto [stop, fault] = std::from_chars(begin, end, number);
  if (fault != std::errc{} || stop != end || number < spec.low || number > spec.high) {
    return wrong_argument(word, spec);
  }
  value = number;
  return {};
}

Status read_heads(const std::string& words, std::vector<HeadRef>& heads) {
  heads.clear();
  if (words == "all") return {};
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
  return {};
}

std::string write_heads(const std::vector<HeadRef>& heads) {
  std::string words;
  for (const HeadRef& head : heads) words.append(words.empty() ? "" : " ").append(to_string(head));
  return words.empty() ? "all" : words;
}

/// A codec from functions that know the type: Status Read(word, spec, T&) and std::string Write(T, spec).
template <class T, auto Read, auto Write>
CodecOf<T> codec() {
  return {{[](void* value, const std::string& word, const ArgumentSpec& spec) {
             return Read(word, spec, *static_cast<T*>(value));
           },
           [](const void* value, const ArgumentSpec& spec) {
             return Write(*static_cast<const T*>(value), spec);
           }}};
}

/// A value, or the argument's first choice, which stands for none.
template <class T, auto Read, auto Write>
CodecOf<std::optional<T>> optional_codec() {
  return {{[](void* value, const std::string& word, const ArgumentSpec& spec) -> Status {
             auto& result = *static_cast<std::optional<T>*>(value);
             result.reset();
             return word == spec.choices.front() ? Status() : Read(word, spec, result.emplace());
           },
           [](const void* value, const ArgumentSpec& spec) {
             const auto& result = *static_cast<const std::optional<T>*>(value);
             return result ? Write(*result, spec) : spec.choices.front();
           }}};
}

std::string number_word(const float& value, const ArgumentSpec&) {
  return write_number(value);
}
std::string integer_word(const int& value, const ArgumentSpec&) {
  return std::to_string(value);
}
std::string signed_word(const int& value, const ArgumentSpec& spec) {
  return (spec.low < 0 && value > 0 ? "+" : "") + std::to_string(value);
}

}  // namespace

CodecOf<float> number_codec() {
  return codec<float, read_number, number_word>();
}
CodecOf<std::optional<float>> optional_number_codec() {
  return optional_codec<float, read_number, number_word>();
}
CodecOf<int> integer_codec() {
  return codec<int, read_integer, signed_word>();
}
CodecOf<std::optional<int>> optional_integer_codec() {
  return optional_codec<int, read_integer, integer_word>();
}

CodecOf<std::string> text_codec() {
  return codec<std::string,
               [](const std::string& word, const ArgumentSpec&, std::string& value) -> Status {
                 value = word;
                 return {};
               },
               [](const std::string& value, const ArgumentSpec&) { return value; }>();
}

CodecOf<HeadRef> head_codec() {
  return codec<HeadRef,
               [](const std::string& word, const ArgumentSpec&, HeadRef& value) -> Status {
                 Result<HeadRef> head = parse_head(word);
                 if (!head) return head.error();
                 value = *head;
                 return {};
               },
               [](const HeadRef& value, const ArgumentSpec&) { return to_string(value); }>();
}

CodecOf<std::vector<HeadRef>> heads_codec() {
  return codec<std::vector<HeadRef>,
               [](const std::string& words, const ArgumentSpec&, std::vector<HeadRef>& value) {
                 return read_heads(words, value);
               },
               [](const std::vector<HeadRef>& value, const ArgumentSpec&) { return write_heads(value); }>();
}

CodecOf<Place> place_codec() {
  return codec<Place,
               [](const std::string& words, const ArgumentSpec&, Place& value) -> Status {
                 Result<Place> place = parse_place(words);
                 if (!place) return place.error();
                 value = *place;
                 return {};
               },
               [](const Place& value, const ArgumentSpec&) { return to_string(value); }>();
}

CodecOf<std::vector<Place>> places_codec() {
  return codec<std::vector<Place>,
               [](const std::string& words, const ArgumentSpec&, std::vector<Place>& value) -> Status {
                 Result<std::vector<Place>> places = parse_places(words);
                 if (!places) return places.error();
                 value = std::move(*places);
                 return {};
               },
               [](const std::vector<Place>& value, const ArgumentSpec&) { return to_string(value); }>();
}

}  // namespace headscope
