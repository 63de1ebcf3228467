#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace headscope {

/// What something in the picture points at: all of it, a token, or a connection. In a matrix a connection is
/// a cell; both words mean the same and are kept as they were written. Tokens count from 0.
struct Place {
  enum class Kind { All, Token, Edge, Cell } kind = Kind::All;
  int query = -1;  ///< of Token: the token
  int key = -1;    ///< of Edge and Cell
  friend bool operator==(const Place&, const Place&) = default;

  bool is_connection() const { return kind == Kind::Edge || kind == Kind::Cell; }
};

/// "all", "token 5", "edge 7 2", "cell 7 2".
std::string to_string(const Place& place);
/// Several, with spaces between; "all" for none.
std::string to_string(const std::vector<Place>& places);

/// Errors: InvalidArgument.
Result<Place> parse_place(std::string_view words);
/// "all" alone gives none. Errors: InvalidArgument.
Result<std::vector<Place>> parse_places(std::string_view words);

/// How many words the place takes that begins with `word`; 0 when none does.
int words_of_place(std::string_view word);

}  // namespace headscope
