#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizers/flat_table.h"
#include "tokenizers/token_model.h"

namespace headscope {

/// The unigram language model of SentencePiece (Kudo, 2018): each token has a log probability, and a piece is
/// cut where their sum is largest (Viterbi). A character that begins no token costs 10 less than the rarest
/// token; neighbours of that kind are one unknown token.
class UnigramModel final : public TokenModel {
 public:
  /// Errors: Corrupt.
  static Result<UnigramModel> read(const Json& json, const ModelTables& tables, const std::string& file);
  void encode(const SymbolText& piece, std::vector<Token>& out) const override;
  const std::vector<std::string>& names() const override { return names_; }
  bool is_piece(TokenId id) const override;

 private:
  struct Step;  // the best way to reach a place in the piece
  void add_token(std::string name, double score);
  void insert(std::string_view name, TokenId id);
  const int* child(int node, char byte) const {
    return edges_.find((static_cast<std::uint64_t>(node) << 8) | static_cast<unsigned char>(byte));
  }
  TokenId token_named(std::string_view text) const;
  std::vector<Step> best_steps(std::string_view text) const;
  void add(const SymbolText& piece, std::size_t begin, std::size_t end, TokenId token,
           std::vector<Token>& out) const;

  std::vector<std::string> names_;
  std::vector<double> scores_;
  /// A prefix tree of the tokens' bytes; node 0 is the root, -1 where no token ends.
  std::vector<TokenId> token_of_node_ = {-1};
  FlatTable<int> edges_;  ///< (node, byte) to node
  double unknown_score_ = 0;
  TokenId unknown_ = 0;
  std::array<TokenId, 256> byte_tokens_{};  ///< "<0x00>" … "<0xFF>", or -1
  bool byte_fallback_ = false;
};

}  // namespace headscope
