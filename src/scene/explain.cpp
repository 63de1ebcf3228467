#include "scene/explain.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "scene/head_layer.h"
#include "scene/strand.h"

namespace headscope {

namespace {

constexpr int kRowsAtOnce = 64;  // of a head, where all of them are read: their memory stays in the cache

}  // namespace

EdgeNumbers explain_edge(const AttentionTrace& trace, HeadRef head, int query, int key) {
  const AttentionLayer& layer = layer_of(trace, head);
  assert(query >= 0 && query < layer.n_query() && key >= 0 && key < layer.n_key());
  if (trace.ungrouped) {
    const TokenRange from = trace.groups[static_cast<std::size_t>(query)],
                     to = trace.key_groups[static_cast<std::size_t>(key)];
    if (from.size() == 1 && to.size() == 1) {
      // The softmax goes over keys that the view leaves out too.
      EdgeNumbers one = explain_edge(*trace.ungrouped, head, from.begin, to.begin);
      one.query = query;
      one.key = key;
      return one;
    }
  }
  EdgeNumbers numbers;
  numbers.head = head;
  numbers.query = query;
  numbers.key = key;
  if (!layer.has_scores()) {
    numbers.weight = explain_row(trace, head, query)[static_cast<std::size_t>(key)];
    numbers.weight_alone = true;
    return numbers;
  }
  numbers.scale = layer.scale();
  numbers.dot = layer.query(head.head).row(query).dot(layer.key(head.head).row(key));
  numbers.weight = explain_row(trace, head, query)[static_cast<std::size_t>(key)];
  if (std::isnan(numbers.dot)) {  // a dump may hold scores without q and k
    numbers.weight_alone = true;
    return numbers;
  }

  std::vector<float> scores(static_cast<std::size_t>(layer.n_key()));
  layer.scores_row(head.head, query, scores);
  numbers.score = scores[static_cast<std::size_t>(key)];
  numbers.masked = std::isinf(numbers.score) && numbers.score < 0;
  const float largest = *std::max_element(scores.begin(), scores.end());
  if (std::isinf(largest)) return numbers;  // a row that may look at nothing
  for (const float score : scores)
    if (!std::isinf(score)) numbers.row_sum += std::exp(score - largest);
  if (numbers.masked) return numbers;
  numbers.exp = std::exp(numbers.score - largest);
  numbers.added = numbers.score - numbers.dot * numbers.scale;
  return numbers;
}

std::vector<float> explain_row(const AttentionTrace& trace, HeadRef head, int query) {
  const AttentionLayer& layer = layer_of(trace, head);
  assert(query >= 0 && query < layer.n_query());
  std::vector<float> row(static_cast<std::size_t>(layer.n_key()));
  layer.weights_row(head.head, query, row);
  return row;
}

std::vector<float> explain_mixed_row(const AttentionTrace& trace, std::span<const HeadRef> heads, HeadMix mix,
                                     int query) {
  assert(!heads.empty());
  std::vector<float> all;
  for (const HeadRef& head : heads) {
    if (query >= layer_of(trace, head).n_query()) continue;
    const std::vector<float> row = explain_row(trace, head, query);
    if (row.size() > all.size()) all.resize(row.size());
    mix_in(mix, all, row);
  }
  if (mix == HeadMix::Mean) {
    for (float& weight : all) weight /= static_cast<float>(heads.size());
  }
  return all;
}

TokenNumbers explain_token(const AttentionTrace& trace, HeadRef head, int token) {
  const AttentionLayer& layer = layer_of(trace, head);
  TokenNumbers numbers;
  if (trace.key_tokens.empty() && token < layer.n_key()) numbers = explain_key(trace, head, token);
  numbers.token = token;
  const std::vector<float> row = explain_row(trace, head, token);
  const auto strongest = std::max_element(row.begin(), row.end());
  numbers.strongest_key = static_cast<int>(strongest - row.begin());
  numbers.strongest_weight = *strongest;
  if (trace.key_tokens.empty() && token < layer.n_key())
    numbers.own_weight = row[static_cast<std::size_t>(token)];
  return numbers;
}

TokenNumbers explain_key(const AttentionTrace& trace, HeadRef head, int key) {
  const AttentionLayer& layer = layer_of(trace, head);
  assert(key >= 0 && key < layer.n_key());
  TokenNumbers numbers;
  numbers.token = key;
  const auto n_key = static_cast<std::size_t>(layer.n_key());
  std::vector<float> rows(kRowsAtOnce * n_key);
  for (int first = trace.causal ? key : 0; first < layer.n_query(); first += kRowsAtOnce) {
    const int n = std::min(kRowsAtOnce, layer.n_query() - first);
    layer.weights_rows(head.head, first, std::span(rows).first(static_cast<std::size_t>(n) * n_key));
    for (int i = 0; i < n; ++i) {
      const float weight = rows[static_cast<std::size_t>(i) * n_key + static_cast<std::size_t>(key)];
      ++numbers.n_looking;
      numbers.incoming_sum += weight;
      if (weight > numbers.strongest_incoming || numbers.strongest_query < 0) {
        numbers.strongest_incoming = weight;
        numbers.strongest_query = first + i;
      }
    }
  }
  return numbers;
}

HeadMetrics explain_head(const AttentionTrace& trace, HeadRef head) {
  const AttentionLayer& layer = layer_of(trace, head);
  std::vector<int> ids;
  ids.reserve(trace.tokens.size());
  for (const TraceToken& token : trace.tokens) ids.push_back(token.id);
  const bool square = trace.key_tokens.empty() && layer.n_query() == layer.n_key() &&
                      layer.n_key() == static_cast<int>(ids.size());
  if (!square) ids.clear();  // cross-attention: the keys are other tokens
  return head_metrics(layer.weights(head.head), ids);
}

}  // namespace headscope
