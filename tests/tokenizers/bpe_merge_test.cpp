// Long pieces are merged in parts where no merge can cross; the plain definition of byte-pair encoding does
// not.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tokenizers/load_tokenizer.h"

namespace headscope {
namespace {

using Pair = std::pair<std::string, std::string>;

/// Joins the pair of lowest rank, the leftmost of equals, until there is none.
std::vector<std::string> merged(std::vector<std::string> parts, const std::map<Pair, int>& ranks) {
  while (true) {
    int best_rank = static_cast<int>(ranks.size());
    std::size_t best = 0;
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      const auto found = ranks.find({parts[i], parts[i + 1]});
      if (found != ranks.end() && found->second < best_rank) best_rank = found->second, best = i;
    }
    if (best_rank == static_cast<int>(ranks.size())) return parts;
    parts[best] += parts[best + 1];
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(best) + 1);
  }
}

TEST(BpeMerge, long_pieces_are_merged_as_the_definition_says) {
  std::mt19937 random(3);
  const std::vector<std::string> letters = {"a", "b", "c", "é", "▁", "▁", "字"};
  const auto any = [&](const std::vector<std::string>& list) { return list[random() % list.size()]; };
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> tokens(letters.begin(), letters.end());
    tokens.erase(tokens.begin() + 5);
    std::map<Pair, int> ranks;
    Json merges = Json::array();
    const int n_merges = 2 + static_cast<int>(random() % 40);
    for (int i = 0; i < n_merges; ++i) {
      const Pair pair(any(tokens), any(tokens));
      if (pair.first.size() + pair.second.size() > 14 || ranks.contains(pair)) continue;
      // In most rounds words end at a "▁", as in SentencePiece's vocabularies.
      if (round % 4 != 0 && pair.second.starts_with("▁") && !pair.first.ends_with("▁")) continue;
      ranks.emplace(pair, static_cast<int>(merges.size()));
      merges.push_back({pair.first, pair.second});
      tokens.push_back(pair.first + pair.second);
    }
    std::sort(tokens.begin(), tokens.end());
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    Json vocab = Json::object();
    for (const std::string& token : tokens) vocab[token] = vocab.size();
    const auto tokenizer = make_tokenizer(
        {{"model", {{"type", "BPE"}, {"vocab", vocab}, {"merges", merges}}}}, "tokenizer.json");
    ASSERT_TRUE(tokenizer.ok()) << tokenizer.error().message;
    for (const std::size_t n : {3u, 48u, 49u, 300u}) {
      std::vector<std::string> parts;
      std::string text;
      for (std::size_t i = 0; i < n; ++i) parts.push_back(any(letters)), text += parts.back();
      std::vector<std::string> found;
      std::size_t end = 0;
      for (const Token& token : (*tokenizer)->encode(text)) {
        found.emplace_back((*tokenizer)->token_name(token.id));
        EXPECT_EQ(text.substr(token.begin, token.end - token.begin), found.back());
        EXPECT_EQ(token.begin, end);
        end = token.end;
      }
      ASSERT_EQ(found, merged(parts, ranks)) << round << ' ' << n << ' ' << text;
    }
  }
}

}  // namespace
}  // namespace headscope
