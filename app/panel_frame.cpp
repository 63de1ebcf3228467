#include "panel_frame.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "models/dump_layer.h"
#include "scene/explain.h"
#include "scene/thumbnails.h"

namespace headscope {

namespace {

const AttentionLayer* layer_of(const AttentionTrace& trace, HeadRef head) {
  if (head.layer < 0 || head.layer >= static_cast<int>(trace.layers.size())) return nullptr;
  const AttentionLayer* layer = trace.layers[static_cast<std::size_t>(head.layer)].get();
  return layer && head.head >= 0 && head.head < layer->n_heads() ? layer : nullptr;
}

}  // namespace

std::string token_label(const TraceToken& token) {
  if (token.text.empty() || !is_valid_utf8(token.text)) return token.label;
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
  if (!layer_of(trace, head)) return tile;
  HeadThumbnail small = head_thumbnail(trace, head, largest);
  tile.rows = small.rows;
  tile.cols = small.cols;
  tile.grid = std::move(small.grid);
  tile.metrics = explain_head(trace, head);
  return tile;
}

std::vector<UiRowBar> row_bars(const AttentionTrace& trace, HeadRef head, int query, int active_key,
                               int limit) {
  const AttentionLayer* layer = layer_of(trace, head);
  if (!layer || query < 0 || query >= layer->n_query()) return {};
  const std::vector<float> row = explain_row(trace, head, query);
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
  if (!layer || token < 0 || token >= trace.n_tokens() || token >= layer->n_key() ||
      token >= layer->n_query()) {
    return std::nullopt;
  }
  const TokenNumbers numbers = explain_token(trace, head, token);
  const auto label = [&](int i) { return token_label(trace.tokens[static_cast<std::size_t>(i)]); };
  return UiTokenFlow{token,
                     label(token),
                     label(numbers.strongest_key),
                     numbers.strongest_weight,
                     numbers.incoming_sum,
                     label(numbers.strongest_query),
                     numbers.strongest_incoming};
}

std::optional<UiEdge> edge_arithmetic(const AttentionTrace& trace, HeadRef head, int query, int key) {
  const AttentionLayer* layer = layer_of(trace, head);
  const int n = trace.n_tokens();
  if (!layer || query < 0 || key < 0 || query >= std::min(n, layer->n_query()) ||
      key >= std::min(n, layer->n_key())) {
    return std::nullopt;
  }
  const auto* dumped = dynamic_cast<const DumpLayer*>(layer);
  if (dumped && !dumped->has_arithmetic()) {
    UiEdge edge{head, query, key};
    edge.query_token = token_label(trace.tokens[static_cast<std::size_t>(query)]);
    edge.key_token = token_label(trace.tokens[static_cast<std::size_t>(key)]);
    edge.weight = explain_row(trace, head, query)[static_cast<std::size_t>(key)];
    edge.weight_alone = true;
    return edge;
  }
  const EdgeNumbers e = explain_edge(trace, head, query, key);
  return UiEdge{head,
                query,
                key,
                token_label(trace.tokens[static_cast<std::size_t>(query)]),
                token_label(trace.tokens[static_cast<std::size_t>(key)]),
                e.masked,
                e.dot,
                e.scale,
                e.score,
                e.added,
                e.exp,
                e.row_sum,
                e.weight};
}

}  // namespace headscope
