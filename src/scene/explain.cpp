#include "scene/explain.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace headscope {
namespace {

const AttentionLayer& layer_of(const AttentionTrace& trace, HeadRef head) {
  assert(head.layer >= 0 && head.layer < static_cast<int>(trace.layers.size()));
  const AttentionLayerPtr& layer = trace.layers[static_cast<std::size_t>(head.layer)];
  assert(layer && head.head >= 0 && head.head < layer->n_heads());
  return *layer;
}

}  // namespace

EdgeNumbers explain_edge(const AttentionTrace& trace, HeadRef head, int query, int key) {
  const AttentionLayer& layer = layer_of(trace, head);
  assert(query >= 0 && query < layer.n_query() && key >= 0 && key < layer.n_key());
  EdgeNumbers numbers;
  numbers.head = head;
  numbers.query = query;
  numbers.key = key;
  numbers.scale = layer.scale();
  numbers.dot = layer.query(head.head).row(query).dot(layer.key(head.head).row(key));
  numbers.weight = explain_row(trace, head, query)[static_cast<std::size_t>(key)];

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
  numbers.token = token;
  std::vector<float> row(static_cast<std::size_t>(layer.n_key()));
  for (int query = 0; query < layer.n_query(); ++query) {
    layer.weights_row(head.head, query, row);
    if (query == token) {
      const auto strongest = std::max_element(row.begin(), row.end());
      numbers.strongest_key = static_cast<int>(strongest - row.begin());
      numbers.strongest_weight = *strongest;
      if (token < layer.n_key()) numbers.own_weight = row[static_cast<std::size_t>(token)];
    }
    if (token >= layer.n_key() || (trace.causal && query < token)) continue;
    const float weight = row[static_cast<std::size_t>(token)];
    ++numbers.n_looking;
    numbers.incoming_sum += weight;
    if (weight > numbers.strongest_incoming) {
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
  const bool square = layer.n_query() == layer.n_key() && layer.n_key() == static_cast<int>(ids.size());
  if (!square) ids.clear();  // cross-attention: the keys are other tokens
  return head_metrics(layer.weights(head.head), ids);
}

}  // namespace headscope
