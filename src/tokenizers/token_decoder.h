#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "io/json.h"

namespace headscope {

/// How token names become text again. Immutable, thread-safe.
class TokenDecoder {
 public:
  /// From "decoder" of a tokenizer.json; null joins the names with spaces. Known: Sequence, Replace (of a
  /// text), ByteFallback, Fuse, Strip, ByteLevel. Errors: Unsupported (names the kind), Corrupt.
  static Result<TokenDecoder> read(const Json& json, const std::string& file);

  std::string apply(std::vector<std::string> names) const;

 private:
  enum class Kind { Replace, ByteFallback, Fuse, Strip, ByteLevel };
  struct Step {
    Kind kind;
    std::string from, to;     ///< Replace; Strip removes `from`
    int start = 0, stop = 0;  ///< Strip: at most so many at the ends of each name
  };
  static Status read_step(const Json& json, const std::string& file, std::vector<Step>& steps);

  std::vector<Step> steps_;
};

}  // namespace headscope
