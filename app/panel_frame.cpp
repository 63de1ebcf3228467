#include "panel_frame.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/utf8.h"
#include "models/dump_layer.h"
#include "models/model.h"
#include "scene/explain.h"
#include "scene/thumbnails.h"

namespace headscope {

namespace {

constexpr std::size_t kMostUnknown = 40;
constexpr int kSuggestions = 4;

const AttentionLayer* layer_of(const AttentionTrace& trace, HeadRef head) {
  if (head.layer < 0 || head.layer >= static_cast<int>(trace.layers.size())) return nullptr;
  const AttentionLayer* layer = trace.layers[static_cast<std::size_t>(head.layer)].get();
  return layer && head.head >= 0 && head.head < layer->n_heads() ? layer : nullptr;
}

}  // namespace

UiColor to_ui(Color c) {
  const auto byte = [](float v) {
    return static_cast<UiColor>(std::lround(std::clamp(v, 0.0f, 1.0f) * 255));
  };
  return byte(c.r) << 16 | byte(c.g) << 8 | byte(c.b);
}

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

std::vector<UiRowBar> row_bars(const AttentionTrace& trace, std::span<const float> weights, int query,
                               int active_key, int limit) {
  // In a causal model the future has no bars; elsewhere every key has one.
  const int n_keys = std::min(static_cast<int>(weights.size()), trace.n_keys());
  const int n = trace.causal ? std::min(query + 1, n_keys) : n_keys;
  std::vector<int> keys(static_cast<std::size_t>(std::max(n, 0)));
  for (int i = 0; i < n; ++i) keys[static_cast<std::size_t>(i)] = i;
  if (n > limit) {
    const auto stronger = [&](int a, int b) {
      if (a == active_key || b == active_key) return a == active_key && b != active_key;
      return weights[static_cast<std::size_t>(a)] > weights[static_cast<std::size_t>(b)];
    };
    std::partial_sort(keys.begin(), keys.begin() + limit, keys.end(), stronger);
    keys.resize(static_cast<std::size_t>(limit));
    std::sort(keys.begin(), keys.end());
  }
  std::vector<UiRowBar> bars;
  for (const int key : keys) {
    bars.push_back({token_label(trace.keys()[static_cast<std::size_t>(key)]),
                    weights[static_cast<std::size_t>(key)], key == active_key});
  }
  return bars;
}

std::vector<UiRowBar> member_bars(const AttentionTrace& trace, std::span<const HeadRef> heads, int query,
                                  int key, int limit) {
  std::vector<UiRowBar> bars;
  for (const HeadRef& head : heads) {
    const std::vector<float> row = explain_mixed_row(trace, {&head, 1}, HeadMix::Sum, query);
    if (key < static_cast<int>(row.size())) {
      bars.push_back({head_name(head), row[static_cast<std::size_t>(key)]});
    }
  }
  std::stable_sort(bars.begin(), bars.end(),
                   [](const UiRowBar& a, const UiRowBar& b) { return a.weight > b.weight; });
  if (bars.size() > static_cast<std::size_t>(limit)) bars.resize(static_cast<std::size_t>(limit));
  return bars;
}

std::optional<UiTokenFlow> token_flow(const AttentionTrace& trace, HeadRef head, int token, bool looks) {
  const AttentionLayer* layer = layer_of(trace, head);
  if (!layer || token < 0 || token >= (looks ? layer->n_query() : layer->n_key())) return std::nullopt;
  const TokenNumbers numbers = looks ? explain_token(trace, head, token) : explain_key(trace, head, token);
  const auto label = [](const std::vector<TraceToken>& tokens, int i) {
    return i < 0 ? std::string() : token_label(tokens[static_cast<std::size_t>(i)]);
  };
  return UiTokenFlow{token,
                     label(looks ? trace.tokens : trace.keys(), token),
                     label(trace.keys(), numbers.strongest_key),
                     numbers.strongest_weight,
                     numbers.incoming_sum,
                     label(trace.tokens, numbers.strongest_query),
                     numbers.strongest_incoming};
}

std::vector<UiUnknownWord> unknown_words(const AttentionTrace& trace, std::size_t begin, std::size_t end,
                                         const Model* model) {
  std::vector<UiUnknownWord> words;
  for (const TraceToken& token : trace.tokens) {
    if (!token.piece || token.end <= token.begin || token.begin < begin || token.end > end) continue;
    const bool continues = !words.empty() && words.back().end == token.begin && !token.text.starts_with(' ');
    if (continues)
      words.back().end = token.end;
    else
      words.push_back({token.begin + (token.text.starts_with(' ') ? 1 : 0), token.end, {}});
    if (words.size() > kMostUnknown) break;
  }
  std::erase_if(words, [](const UiUnknownWord& w) { return w.begin >= w.end; });
  for (UiUnknownWord& word : words) {
    if (model) {
      word.suggestions = model->tokenizer().suggest(
          std::string_view(trace.text).substr(word.begin, word.end - word.begin), kSuggestions);
    }
    for (std::string& s : word.suggestions) s.erase(0, std::min(s.find_first_not_of(' '), s.size()));
    word.begin -= begin;
    word.end -= begin;
  }
  return words;
}

std::optional<UiEdge> edge_arithmetic(const AttentionTrace& trace, HeadRef head, int query, int key) {
  const AttentionLayer* layer = layer_of(trace, head);
  if (!layer || query < 0 || key < 0 || query >= std::min(trace.n_tokens(), layer->n_query()) ||
      key >= std::min(trace.n_keys(), layer->n_key())) {
    return std::nullopt;
  }
  const std::string query_token = token_label(trace.tokens[static_cast<std::size_t>(query)]),
                    key_token = token_label(trace.keys()[static_cast<std::size_t>(key)]);
  const auto* dumped = dynamic_cast<const DumpLayer*>(layer);
  const bool dumped_alone = dumped && !dumped->has_arithmetic();
  const EdgeNumbers e = dumped_alone ? EdgeNumbers{} : explain_edge(trace, head, query, key);
  if (dumped_alone || e.weight_alone) {
    UiEdge edge{head, query, key, query_token, key_token};
    edge.weight = explain_row(trace, head, query)[static_cast<std::size_t>(key)];
    edge.weight_alone = true;
    edge.why_alone =
        trace.ungrouped ? "Words of several tokens: weights are added over the tokens looked at and averaged "
                          "over those that look. J takes them apart."
                        : "This dump holds no scores, q and k: how the weight came about is not in it.";
    return edge;
  }
  return UiEdge{head,    query,   key,     query_token, key_token, e.masked, e.dot,
                e.scale, e.score, e.added, e.exp,       e.row_sum, e.weight};
}

}  // namespace headscope
