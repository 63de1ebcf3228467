#include "document/place.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "document/limits.h"
#include "io/quote.h"

namespace headscope {

namespace {

struct PlaceWord {
  std::string_view word;
  Place::Kind kind;
  int n_indices;
};
constexpr PlaceWord kWords[] = {{"all", Place::Kind::All, 0},
                                {"token", Place::Kind::Token, 1},
                                {"edge", Place::Kind::Edge, 2},
                                {"cell", Place::Kind::Cell, 2}};

Error no_place(std::string_view words) {
  return {ErrorCode::InvalidArgument,
          "a place is written all, token 5, edge 7 2 or cell 7 2, found " + quote(words, 60),
          "Tokens count from 0; of an edge or a cell the token that looks comes first"};
}

std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n"));
  rest.remove_prefix(word.size());
  return word;
}

/// Takes one place off the front of `rest`. Errors: InvalidArgument.
Result<Place> take_place(std::string_view& rest) {
  const std::string_view all = rest, word = next_word(rest);
  const auto* known =
      std::find_if(std::begin(kWords), std::end(kWords), [&](const PlaceWord& w) { return w.word == word; });
  if (known == std::end(kWords)) return no_place(all);
  Place place{known->kind, -1, -1};
  int* const indices[] = {&place.query, &place.key};
  for (int i = 0; i < known->n_indices; ++i) {
    const std::string_view digits = next_word(rest);
    const char* end = digits.data() + digits.size();
    const auto [stop, fault] = std::from_chars(digits.data(), end, *indices[i]);
    if (fault != std::errc{} || stop != end || *indices[i] < 0 || *indices[i] > kMaxIndex)
      return no_place(all);
  }
  return place;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

int words_of_place(std::string_view word) {
  for (const PlaceWord& known : kWords) {
    if (known.word == word) return 1 + known.n_indices;
  }
  return 0;
}

std::string to_string(const Place& place) {
  switch (place.kind) {
    case Place::Kind::All:
      break;
    case Place::Kind::Token:
      return "token " + std::to_string(place.query);
    case Place::Kind::Edge:
      return "edge " + std::to_string(place.query) + " " + std::to_string(place.key);
    case Place::Kind::Cell:
      return "cell " + std::to_string(place.query) + " " + std::to_string(place.key);
  }
  return "all";
}

std::string to_string(const std::vector<Place>& places) {
  std::string text;
  for (const Place& place : places) text.append(text.empty() ? "" : " ").append(to_string(place));
  return text.empty() ? "all" : text;
}

Result<Place> parse_place(std::string_view words) {
  std::string_view rest = words;
  Result<Place> place = take_place(rest);
  if (place && !is_blank(rest)) return no_place(words);
  return place;
}

Result<std::vector<Place>> parse_places(std::string_view words) {
  std::vector<Place> places;
  std::string_view rest = words;
  do {
    Result<Place> place = take_place(rest);
    if (!place) return place.error();
    if (place->kind == Place::Kind::All && (!places.empty() || !is_blank(rest))) return no_place(words);
    if (place->kind != Place::Kind::All) places.push_back(*place);
  } while (!is_blank(rest));
  return places;
}

}  // namespace headscope
