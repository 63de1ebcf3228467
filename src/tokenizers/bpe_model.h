#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "io/json.h"
#include "tokenizers/symbol_text.h"
#include "tokenizers/tokenizer.h"

namespace headscope {

/// Byte-pair encoding (Sennrich, Haddow and Birch, 2016): a piece begins as single characters; the neighbours
/// whose merge was learned earliest are joined, the leftmost first, until no neighbours can be. Immutable,
/// thread-safe.
class BpeModel {
 public:
  /// From "model" of a tokenizer.json. Errors: Corrupt (a merge of tokens that the vocabulary lacks, an id
  /// twice, …), Unsupported (dropout, subword affixes).
  static Result<BpeModel> read(const Json& json, const std::string& file);

  /// Appends the tokens of one piece, in time n log n.
  void encode(const SymbolText& piece, std::vector<Token>& out) const;

  const std::unordered_map<std::string, TokenId>& vocab() const { return vocab_; }
  std::optional<TokenId> unknown() const { return unknown_; }
  /// Whether `id` stands for a single byte ("<0x0A>") of text the vocabulary does not hold.
  bool is_byte_token(TokenId id) const;

 private:
  struct Merge {
    int rank = 0;
    TokenId result = 0;
  };
  struct Part;  // a token of a piece while it is being merged
  static std::uint64_t pair_key(TokenId left, TokenId right) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
           static_cast<std::uint32_t>(right);
  }
  Status read_vocab(const Json& json, const std::string& file);
  Status read_merges(const Json& json, const std::string& file);
  std::vector<Part> split(const SymbolText& piece) const;
  void merge(std::vector<Part>& parts) const;

  std::unordered_map<std::string, TokenId> vocab_;
  std::unordered_map<char32_t, TokenId> characters_;  ///< the tokens that are a single character
  std::unordered_map<std::uint64_t, Merge> merges_;
  std::array<TokenId, 256> byte_tokens_{};  ///< "<0x00>" … "<0xFF>", or -1
  bool byte_fallback_ = false;
  bool fuse_unknown_ = false;
  bool ignore_merges_ = false;  ///< a piece that is a token is that token, whatever the merges say
  std::optional<TokenId> unknown_;
};

}  // namespace headscope
