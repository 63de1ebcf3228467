#include "document/mechanism_story.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "document/command.h"
#include "trace/attention_trace.h"

namespace headscope {

namespace {

constexpr float kLongPauseSecs = 2.2f, kMoveSecs = 0.8f;
constexpr float kShownWeight = 0.005f;  ///< connections of the row that are lit
constexpr std::size_t kMostShown = 32;

/// The chosen connection and its row.
struct Mechanism {
  int query = 0, key = 0;
  std::vector<float> weights;  ///< [n_key] of the row
  bool has_scores = false;     ///< a trace made elsewhere may hold weights alone, merged words have no others
  float dot = 0, scale = 1, score = 0, largest = 0, row_sum = 0;
};

Mechanism mechanism_of(const AttentionLayer& layer, int head, int query) {
  Mechanism m;
  m.query = query;
  m.weights.resize(static_cast<std::size_t>(layer.n_key()));
  layer.weights_row(head, query, m.weights);
  m.key = static_cast<int>(std::max_element(m.weights.begin(), m.weights.end()) - m.weights.begin());
  if (!layer.has_scores()) return m;
  std::vector<float> scores(m.weights.size());
  layer.scores_row(head, query, scores);
  m.dot = layer.query(head).row(query).dot(layer.key(head).row(m.key));
  m.scale = layer.scale();
  m.score = scores[static_cast<std::size_t>(m.key)];
  m.largest = *std::max_element(scores.begin(), scores.end());
  m.has_scores = std::isfinite(m.dot) && std::isfinite(m.score);
  for (const float score : scores)
    if (std::isfinite(score)) m.row_sum += std::exp(score - m.largest);
  return m;
}

std::string number(float value, int digits) {
  char text[48];
  std::snprintf(text, sizeof text, "%.*f", digits, static_cast<double>(value));
  return text;
}

std::string quoted(const TraceToken& token) {
  std::string name = token.text.empty() ? token.label : token.text;
  name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
  return "“" + (name.empty() ? std::string("·") : name) + "”";
}

/// "5.36, divided by √16", or the factor where it is no root.
std::string scaling(float scale) {
  const float width = 1 / (scale * scale);
  const bool root =
      std::isfinite(width) && width > 1.5f && std::abs(width - std::round(width)) < 1e-3f * width;
  return root ? "divided by √" + number(std::round(width), 0) : "times " + number(scale, 3);
}

std::string command(Action action) {
  return to_string(Command(std::move(action)));
}

/// The row's connections, the strongest first.
std::vector<Place> row_places(const Mechanism& m) {
  std::vector<int> keys;
  for (std::size_t key = 0; key < m.weights.size(); ++key)
    if (m.weights[key] >= kShownWeight || static_cast<int>(key) == m.key)
      keys.push_back(static_cast<int>(key));
  std::stable_sort(keys.begin(), keys.end(), [&](int a, int b) {
    return m.weights[static_cast<std::size_t>(a)] > m.weights[static_cast<std::size_t>(b)];
  });
  keys.resize(std::min(keys.size(), kMostShown));
  std::vector<Place> places;
  for (const int key : keys) places.push_back({Place::Kind::Edge, m.query, key});
  return places;
}

}  // namespace

Result<Story> mechanism_story(const DocumentState& state, const CommandContext& context) {
  const TracePtr trace = context.trace ? context.trace() : nullptr;
  const HeadRef head = state.selection.heads.empty() ? HeadRef{} : state.selection.heads.front();
  const auto layer_index = static_cast<std::size_t>(std::max(0, head.layer));
  if (!trace || layer_index >= trace->layers.size() || !trace->layers[layer_index] ||
      head.head >= trace->layers[layer_index]->n_heads() || trace->layers[layer_index]->n_query() < 1) {
    return Error{ErrorCode::Unavailable, "the head is not computed yet, so its numbers are not known",
                 "Try again in a moment"};
  }
  const AttentionLayer& layer = *trace->layers[layer_index];
  const int last = layer.n_query() - 1;
  const Mechanism m =
      mechanism_of(layer, head.head, std::clamp(state.selection.query.value_or(last), 0, last));
  const std::vector<TraceToken>& keys = trace->key_tokens.empty() ? trace->tokens : trace->key_tokens;
  const std::string from = quoted(trace->tokens[static_cast<std::size_t>(m.query)]),
                    to = quoted(keys[static_cast<std::size_t>(m.key)]);
  const std::string weight = number(m.weights[static_cast<std::size_t>(m.key)], 3);

  Story story;
  story.start = state;
  story.start.selection.heads = {head};
  story.start.selection.query = m.query;
  story.start.selection.key.reset();
  story.start.spotlight.clear();
  story.start.notes.clear();
  const auto add = [&](const std::string& name, std::vector<std::string> commands,
                       const std::string& caption) {
    StoryStep step;
    step.name = name;
    step.commands = std::move(commands);
    step.caption = caption;
    step.duration_secs = kMoveSecs;
    step.pause_secs = kLongPauseSecs;
    story.steps.push_back(std::move(step));
  };
  const Place cell{Place::Kind::Edge, m.query, m.key};
  add("the question", {},
      "How does " + from + " share out its attention? Head " + std::to_string(head.head) + " of layer " +
          std::to_string(head.layer) + ".");
  add("one connection", {command(SetSpotlight{{cell}})},
      "Take one connection: " + from + " looks at " + to + ".");
  if (m.has_scores) {
    add("q · k", {},
        "The query of " + from + " times the key of " + to + ": q · k = " + number(m.dot, 2) + ".");
    const float added = m.score - m.dot * m.scale;
    const bool plain = std::abs(added) <= 1e-3f * std::max(1.0f, std::abs(m.score));
    add("scale", {},
        "It is " + scaling(m.scale) + (plain ? "" : ", and " + number(added, 2) + " is added") + ": " +
            number(m.score, 2) + ".");
    add("exp", {},
        "exp(" + number(m.score, 2) + " − " + number(m.largest, 2) +
            ") = " + number(std::exp(m.score - m.largest), 3) +
            ": each score is compared with the largest of its row, and this is it.");
  }
  add("the row", {command(SetSpotlight{row_places(m)})},
      m.has_scores
          ? "The same for everything that " + from + " may look at. Together: " + number(m.row_sum, 3) + "."
          : "Everything that " + from + " looks at: one unit of attention.");
  add("the weight", {command(SetSpotlight{{cell}})},
      m.has_scores ? number(std::exp(m.score - m.largest), 3) + " ÷ " + number(m.row_sum, 3) + " = " +
                         weight + ": so much of one unit of attention goes to " + to + "."
                   : weight + " of it goes to " + to + ".");
  add("all tokens", {command(SetSpotlight{}), command(SetQuery{})},
      "Every token shares out one unit like this, all at once.");
  return story;
}

}  // namespace headscope
