#include "scene/explain.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "scene/head_layer.h"

namespace headscope {

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

  const Matrix scores = layer.scores(head.head);
  numbers.score = scores(query, key);
  numbers.masked = std::isinf(numbers.score) && numbers.score < 0;
  const float largest = scores.row(query).maxCoeff();
  if (std::isinf(largest)) return numbers;  // a row that may look at nothing
  for (Eigen::Index k = 0; k < scores.cols(); ++k)
    if (!std::isinf(scores(query, k))) numbers.row_sum += std::exp(scores(query, k) - largest);
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
  std::vector<float> row(static_cast<std::size_t>(layer.n_key()));
  for (int query = trace.causal ? key : 0; query < layer.n_query(); ++query) {
    layer.weights_row(head.head, query, row);
    const float weight = row[static_cast<std::size_t>(key)];
    ++numbers.n_looking;
    numbers.incoming_sum += weight;
    if (weight > numbers.strongest_incoming || numbers.strongest_query < 0) {
      numbers.strongest_incoming = weight;
      numbers.strongest_query = query;
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
