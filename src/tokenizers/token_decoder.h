#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/json.h"

namespace headscope {

/// How token names become text again. Immutable, thread-safe.
class TokenDecoder {
 public:
  /// From "decoder" of a tokenizer.json; null joins the names with spaces. Known: Sequence, ByteLevel,
  /// WordPiece, Metaspace, BPEDecoder, ByteFallback, Fuse, Strip, Replace (of a text or an expression).
  /// Errors: Unsupported (names the kind; CTC is one), Corrupt.
  static Result<TokenDecoder> read(const Json& json, const std::string& file);

  std::string apply(std::vector<std::string> names) const;

 private:
  using Names = std::vector<std::string>;
  using Step = std::function<Names(Names)>;
  Status read_step(const Json& json, const std::string& file);
  Status read_replace(const Json& json, const std::string& file);
  Status read_metaspace(const Json& json, const std::string& file);

  std::vector<Step> steps_;
};

}  // namespace headscope
