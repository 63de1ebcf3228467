#include "panel_frame.h"

#include <algorithm>
#include <cmath>

namespace headscope {

namespace {

const AttentionLayer* layer_of(const AttentionTrace& trace, HeadRef head) {
  if (head.layer < 0 || head.layer >= static_cast<int>(trace.layers.size())) return nullptr;
  const AttentionLayer* layer = trace.layers[static_cast<std::size_t>(head.layer)].get();
  return layer && head.head >= 0 && head.head < layer->n_heads() ? layer : nullptr;
}

}  // namespace

std::string token_label(const TraceToken& token) {
  if (token.text.empty()) return token.label;
  std::string label;
  std::size_t at = 0;
  for (; at < token.text.size() && token.text[at] == ' '; ++at) {
    // One space in front is how most words begin; more than one, or nothing else, is worth showing.
    if (token.text.size() == at + 1 || token.text[at + 1] == ' ' || at > 0) label += "·";
  }
  for (; at < token.text.size(); ++at) {
    if (token.text[at] == '\n')
      label += "⏎";
    else if (token.text[at] == ' ' && at + 1 == token.text.size())
      label += "·";
    else
      label += token.text[at];
  }
  return label;
}

UiHeadTile head_tile(const AttentionTrace& trace, HeadRef head, int largest) {
  UiHeadTile tile;
  tile.head = head;
  const AttentionLayer* layer = layer_of(trace, head);
  if (!layer || layer->n_query() == 0 || layer->n_key() == 0) return tile;
  const int n_query = layer->n_query(), n_key = layer->n_key();
  tile.rows = std::min(n_query, largest);
  tile.cols = std::min(n_key, largest);
  tile.grid.assign(static_cast<std::size_t>(tile.rows * tile.cols), 0);
  const Matrix weights = layer->weights(head.head);
  for (int query = 0; query < n_query; ++query) {
    const long to = static_cast<long>(query) * tile.rows / n_query;
    float* cells = tile.grid.data() + to * tile.cols;
    for (int key = 0; key < n_key; ++key) {
      float& cell = cells[static_cast<long>(key) * tile.cols / n_key];
      cell = std::max(cell, weights(query, key));
    }
  }
  std::vector<int> ids;
  for (const TraceToken& token : trace.tokens) ids.push_back(token.id);
  if (n_query == n_key) tile.metrics = head_metrics(weights, ids);
  return tile;
}

std::vector<UiRowBar> row_bars(const AttentionTrace& trace, HeadRef head, int query, int active_key,
                               int limit) {
  const AttentionLayer* layer = layer_of(trace, head);
  if (!layer || query < 0 || query >= layer->n_query()) return {};
  std::vector<float> row(static_cast<std::size_t>(layer->n_key()));
  layer->weights_row(head.head, query, row);
  // In a causal model the future has no bars; elsewhere every key has one.
  const int n = std::min({trace.causal ? query + 1 : layer->n_key(), layer->n_key(), trace.n_tokens()});
  std::vector<int> keys(static_cast<std::size_t>(std::max(n, 0)));
  for (int i = 0; i < n; ++i) keys[static_cast<std::size_t>(i)] = i;
  if (n > limit) {
    const auto stronger = [&](int a, int b) {
      if (a == active_key || b == active_key) return a == active_key && b != active_key;
      return row[static_cast<std::size_t>(a)] > row[static_cast<std::size_t>(b)];
    };
    std::partial_sort(keys.begin(), keys.begin() + limit, keys.end(), stronger);
    keys.resize(static_cast<std::size_t>(limit));
    std::sort(keys.begin(), keys.end());
  }
  std::vector<UiRowBar> bars;
  for (const int key : keys) {
    bars.push_back({token_label(trace.tokens[static_cast<std::size_t>(key)]),
                    row[static_cast<std::size_t>(key)], key == active_key});
  }
  return bars;
}

std::optional<UiTokenFlow> token_flow(const AttentionTrace& trace, HeadRef head, int token) {
  const AttentionLayer* layer = layer_of(trace, head);
  if (!layer || token < 0 || token >= trace.n_tokens() || token >= layer->n_key()) return std::nullopt;
  UiTokenFlow flow;
  flow.index = token;
  flow.token = token_label(trace.tokens[static_cast<std::size_t>(token)]);
  const Matrix weights = layer->weights(head.head);
  flow.incoming_sum = weights.col(token).sum();
  if (token < layer->n_query()) flow.outgoing_max = weights.row(token).maxCoeff();
  return flow;
}

std::optional<UiEdge> edge_arithmetic(const AttentionTrace& trace, HeadRef head, int query, int key) {
  const AttentionLayer* layer = layer_of(trace, head);
  if (!layer || query < 0 || key < 0 || query >= layer->n_query() || key >= layer->n_key() ||
      query >= trace.n_tokens() || key >= trace.n_tokens()) {
    return std::nullopt;
  }
  UiEdge edge;
  edge.head = head;
  edge.query = query;
  edge.key = key;
  edge.query_token = token_label(trace.tokens[static_cast<std::size_t>(query)]);
  edge.key_token = token_label(trace.tokens[static_cast<std::size_t>(key)]);
  edge.scale = layer->scale();
  edge.dot = layer->query(head.head).row(query).dot(layer->key(head.head).row(key));
  const Matrix scores = layer->scores(head.head);
  const auto row = scores.row(query);
  edge.score = row(key);
  edge.masked = !std::isfinite(edge.score) && edge.score < 0;
  edge.bias = edge.masked ? 0 : edge.score - edge.dot * edge.scale;
  const double peak = static_cast<double>(row.maxCoeff());
  for (Eigen::Index i = 0; i < row.size(); ++i) {
    if (std::isfinite(row(i))) edge.row_sum += std::exp(static_cast<double>(row(i)) - peak);
  }
  edge.exp = edge.masked ? 0 : std::exp(static_cast<double>(edge.score) - peak);
  std::vector<float> weights(static_cast<std::size_t>(layer->n_key()));
  layer->weights_row(head.head, query, weights);
  edge.weight = weights[static_cast<std::size_t>(key)];
  return edge;
}

}  // namespace headscope
