#include "trace/metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>

namespace headscope {
namespace {

/// A head is named after a pattern that takes at least this much of its weight on average.
constexpr float kRoleWeight = 0.4f;
/// "spread" begins at this share of the entropy of a causal head that looks at everything alike.
constexpr float kSpreadShare = 0.9f;

struct Mean {
  double sum = 0;
  int n = 0;
  void add(double x) { sum += x, ++n; }
  float value() const { return n == 0 ? 0.0f : static_cast<float>(sum / n); }
  std::optional<float> if_any() const { return n == 0 ? std::nullopt : std::optional<float>(value()); }
};

}  // namespace

float row_entropy_bits(std::span<const float> row) {
  double entropy = 0;
  for (const float weight : row) {
    if (weight > 0) entropy -= static_cast<double>(weight) * std::log2(static_cast<double>(weight));
  }
  return static_cast<float>(std::max(entropy, 0.0));
}

float row_mean_distance(std::span<const float> row, int query) {
  double distance = 0;
  for (std::size_t key = 0; key < row.size(); ++key) {
    distance += static_cast<double>(row[key]) * std::abs(query - static_cast<int>(key));
  }
  return static_cast<float>(distance);
}

HeadMetrics head_metrics(const MatrixView& weights, std::span<const int> token_ids) {
  assert(token_ids.empty() || static_cast<Eigen::Index>(token_ids.size()) == weights.rows());
  Mean entropy, distance, first, previous, own, peak, induction, duplicate;
  const int n = static_cast<int>(weights.rows());
  for (int query = 0; query < n; ++query) {
    const std::span<const float> row(weights.row(query).data(), static_cast<std::size_t>(weights.cols()));
    entropy.add(row_entropy_bits(row));
    distance.add(row_mean_distance(row, query));
    own.add(weights(query, query));
    peak.add(weights.row(query).maxCoeff());
    if (query == 0) continue;
    first.add(weights(query, 0));
    previous.add(weights(query, query - 1));
    if (token_ids.empty()) continue;
    double on_next = 0, on_same = 0;
    bool has_next = false, has_same = false;
    for (int key = 0; key < query; ++key) {
      if (token_ids[static_cast<std::size_t>(key)] != token_ids[static_cast<std::size_t>(query)]) continue;
      has_same = true;
      on_same += weights(query, key);
      // The token right before the query is followed by the query itself, which tells nothing about copying.
      if (key + 1 == query) continue;
      has_next = true;
      on_next += weights(query, key + 1);
    }
    if (has_same) duplicate.add(on_same);
    if (has_next) induction.add(on_next);
  }
  return {entropy.value(), distance.value(), first.value(),      previous.value(),
          own.value(),     peak.value(),     induction.if_any(), duplicate.if_any()};
}

std::string_view head_role(const HeadMetrics& metrics, int n_tokens) {
  struct Candidate {
    std::string_view role;
    float weight;
  };
  const Candidate candidates[] = {
      {"induction", metrics.induction.value_or(0)},
      {"duplicate token", metrics.duplicate_token.value_or(0)},
      {"previous token", metrics.previous_token},
      {"first token", metrics.first_token},
      {"own token", metrics.own_token},
  };
  const Candidate best = *std::max_element(std::begin(candidates), std::end(candidates),
                                           [](const auto& a, const auto& b) { return a.weight < b.weight; });
  // In very short inputs most patterns coincide, so that a name would say nothing.
  if (n_tokens < 4) return "";
  if (best.weight >= kRoleWeight) return best.role;
  double even = 0;
  for (int query = 0; query < n_tokens; ++query) even += std::log2(query + 1.0);
  return metrics.entropy_bits >= kSpreadShare * even / n_tokens ? "spread" : "";
}

}  // namespace headscope
