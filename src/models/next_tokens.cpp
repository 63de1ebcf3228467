#include "models/next_tokens.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "models/trace_tokens.h"

namespace headscope {

std::vector<TokenProbability> most_probable(std::span<const float> logits, int n,
                                            const Tokenizer& tokenizer) {
  n = std::min(n, static_cast<int>(logits.size()));
  std::vector<std::size_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), std::size_t{0});
  std::partial_sort(ids.begin(), ids.begin() + n, ids.end(), [&](std::size_t a, std::size_t b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a < b;
  });
  const float peak = logits[ids[0]];
  const auto size = static_cast<Eigen::Index>(logits.size());
  const float sum = (Eigen::Map<const Eigen::ArrayXf>(logits.data(), size) - peak).exp().sum();
  std::vector<TokenProbability> best;
  for (int i = 0; i < n; ++i) {
    const std::size_t id = ids[static_cast<std::size_t>(i)];
    const int token = static_cast<int>(id);
    best.push_back({token, token_text(tokenizer, token), std::exp(logits[id] - peak) / sum});
  }
  return best;
}

}  // namespace headscope
