#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tokenizers/flat_table.h"
#include "tokenizers/token_model.h"
#include "tokenizers/vocabulary.h"

namespace headscope {

/// Byte-pair encoding (Sennrich, Haddow and Birch, 2016): a piece begins as single characters; the neighbours
/// whose merge was learned earliest are joined, the leftmost first, until no neighbours can be. Immutable,
/// thread-safe.
class BpeModel final : public TokenModel {
 public:
  /// Errors: Corrupt (a merge of tokens that the vocabulary lacks, an id twice, …), Unsupported (dropout).
  static Result<BpeModel> read(const Json& json, const ModelTables& tables, const std::string& file);

  /// In time n log n.
  void encode(const SymbolText& piece, std::vector<Token>& out) const override;
  const std::vector<std::string>& names() const override { return vocabulary_.names(); }
  bool is_piece(TokenId id) const override;

  /// Whether each byte has a token in GPT-2's alphabet, so that `encode_bytes` can be used.
  bool spells_all_bytes() const { return spells_all_bytes_; }
  /// The same as `encode` of the piece's bytes at byte level, `at` bytes into the text.
  void encode_bytes(std::string_view piece, std::size_t at, std::vector<Token>& out) const;

 private:
  struct Merge {
    int rank = 0;
    TokenId result = 0;
  };
  /// The code points that a token's name begins and ends with.
  struct TokenEnds {
    char32_t first = 0, last = 0;
  };
  struct Part;  // a token of a piece while it is being merged
  const Merge* merge_of(TokenId left, TokenId right) const {
    return merges_.find((static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32) |
                        static_cast<std::uint32_t>(right));
  }
  void read_characters();
  Status read_merges(const Json& json, const ModelTables& tables, const std::string& file);
  Status add_merge(int rank, std::string_view left, std::string_view right, const std::string& file);
  std::optional<TokenId> token_of(const Symbol& symbol, bool first, bool last) const;
  std::vector<Part> split(const SymbolText& piece) const;
  /// Whether some merge joins a token that ends as `left` does with one that begins as `right` does.
  bool may_join(TokenId left, TokenId right) const;
  void learn_joint(std::string_view left, std::string_view right);
  /// Each leaves the merged parts at the front and returns how many there are.
  std::size_t merge_few(std::span<Part> parts) const;
  std::size_t merge_many(std::span<Part> parts) const;
  void merge(std::vector<Part>& parts) const;

  Vocabulary vocabulary_;
  std::unordered_map<char32_t, TokenId> characters_;  ///< the tokens that are a single character
  FlatTable<Merge> merges_;                           ///< by left and right token
  std::vector<TokenEnds> ends_;                       ///< [ids]
  FlatTable<bool> joints_;    ///< by the code points that meet where a merge joins its two tokens
  bool joints_known_ = true;  ///< false: the vocabulary is too strange to tell where merges join
  std::array<TokenId, 256> byte_tokens_{};      ///< "<0x00>" … "<0xFF>", or -1
  std::array<TokenId, 256> byte_characters_{};  ///< the bytes in GPT-2's alphabet, or -1
  std::string continuation_;                    ///< before every character of a word but the first
  std::string word_end_;                        ///< after the last character of a word: "</w>"
  bool spells_all_bytes_ = false;
  bool byte_fallback_ = false;
  bool fuse_unknown_ = false;
  bool ignore_merges_ = false;  ///< a piece that is a token is that token, whatever the merges say
  std::optional<TokenId> unknown_;
};

}  // namespace headscope
