#include "scene/connections.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "scene/palette.h"

namespace headscope {
namespace {

bool is_computed(const AttentionTrace& trace, HeadRef ref) {
  return ref.layer >= 0 && ref.layer < static_cast<int>(trace.layers.size()) &&
         trace.layers[static_cast<std::size_t>(ref.layer)] && ref.head >= 0 &&
         ref.head < trace.layers[static_cast<std::size_t>(ref.layer)]->n_heads();
}

const AttentionLayer& layer_of(const AttentionTrace& trace, HeadRef ref) {
  return *trace.layers[static_cast<std::size_t>(ref.layer)];
}

const char* mix_name(HeadMix mix) {
  switch (mix) {
    case HeadMix::Mean:
      return "mean";
    case HeadMix::Max:
      return "max";
    case HeadMix::Sum:
      return "sum";
    case HeadMix::Separate:
      break;
  }
  return "";
}

std::string with_thousands(int n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

/// Leaves the strongest connections, all of the active row among them.
void limit(std::vector<Connection>& edges, int active) {
  if (edges.size() <= kMaxRibbons) return;
  const auto weakest_kept = edges.begin() + kMaxRibbons;
  const auto strength = [active](const Connection& c) {
    return c.weight + (c.query == active ? 1e6f : 0.0f);
  };
  std::vector<float> strengths;
  for (const Connection& c : edges) strengths.push_back(strength(c));
  std::nth_element(strengths.begin(), strengths.begin() + kMaxRibbons, strengths.end(), std::greater<>());
  const float least = strengths[kMaxRibbons];
  // Ties with the first one left out go too, so that the result does not depend on their order.
  const auto end =
      std::remove_if(edges.begin(), edges.end(), [&](const Connection& c) { return strength(c) <= least; });
  if (end == edges.begin())
    edges.erase(weakest_kept, edges.end());  // all equal
  else
    edges.erase(end, edges.end());
}

}  // namespace

std::vector<Strand> find_strands(const Document& document, const AttentionTrace& trace) {
  std::vector<HeadRef> heads;
  for (const HeadRef& ref : document.selection.heads)
    if (is_computed(trace, ref)) heads.push_back(ref);
  const ViewOptions& view = document.view;
  const std::vector<Color> colors = stage_colors(heads, view.palette, view.theme);
  std::vector<Strand> strands;
  if (document.selection.mix != HeadMix::Separate && heads.size() > 1) {
    const HeadMix mix = document.selection.mix;
    strands.push_back({-1, -1, heads, theme_colors(view.theme).key,
                       std::string(mix_name(mix)) + " of " + std::to_string(heads.size()) + " heads"});
    return strands;
  }
  for (std::size_t i = 0; i < heads.size(); ++i)
    strands.push_back({heads[i].layer,
                       heads[i].head,
                       {heads[i]},
                       colors[i],
                       std::to_string(heads[i].layer) + "·" + std::to_string(heads[i].head)});
  return strands;
}

RowReader::RowReader(const Document& document, const AttentionTrace& trace)
    : trace_(trace), mix_(document.selection.mix), renormalize_(document.view.renormalize) {
  hidden_.assign(trace.tokens.size(), false);
  for (std::size_t i = 0; i < trace.tokens.size(); ++i) {
    hidden_[i] = (i == 0 && document.view.hide_first_token) ||
                 (trace.tokens[i].special && document.view.hide_special_tokens);
    any_hidden_ = any_hidden_ || hidden_[i];
  }
}

std::span<const float> RowReader::read(const Strand& strand, int query, double& mass, int& count) {
  const std::size_t n_tokens = trace_.tokens.size();
  bool first = true;
  for (const HeadRef& ref : strand.members) {
    const AttentionLayer& layer = layer_of(trace_, ref);
    std::vector<float>& target = first ? row_ : part_;
    target.assign(std::max(static_cast<std::size_t>(layer.n_key()), n_tokens), 0.0f);
    if (query < layer.n_query())
      layer.weights_row(ref.head, query, std::span(target).first(static_cast<std::size_t>(layer.n_key())));
    if (!first) {
      for (std::size_t k = 0; k < n_tokens; ++k)
        row_[k] = mix_ == HeadMix::Max ? std::max(row_[k], part_[k]) : row_[k] + part_[k];
    }
    first = false;
  }
  row_.resize(n_tokens);
  if (strand.members.size() > 1 && mix_ == HeadMix::Mean)
    for (float& w : row_) w /= static_cast<float>(strand.members.size());

  float sum = 0;
  count = 0;
  for (const float w : row_) {
    sum += w;
    count += w > 0 ? 1 : 0;
  }
  mass = sum;
  if (any_hidden_) {
    float shown = 0;
    for (std::size_t k = 0; k < n_tokens; ++k) {
      if (hidden_[k]) row_[k] = 0;
      shown += row_[k];
    }
    if (renormalize_ && shown > 0)
      for (float& w : row_) w *= sum / shown;
  }
  return row_;
}

void keep_keys(std::span<const float> row, const KeepRule& rule, std::vector<int>& kept) {
  kept.clear();
  const float sum = std::accumulate(row.begin(), row.end(), 0.0f);
  const bool all = rule.cumulative_mass >= 1 && rule.top_k <= 0;
  if (all) {
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k] > 0 && row[k] >= rule.threshold) kept.push_back(static_cast<int>(k));
    return;
  }
  // Positive floats sort like their bits; ties go to the earlier key. A heap gives only as many as are
  // needed.
  thread_local std::vector<std::uint64_t> heap;
  heap.clear();
  for (std::size_t k = 0; k < row.size(); ++k)
    if (row[k] > 0 && row[k] >= rule.threshold)
      heap.push_back(static_cast<std::uint64_t>(std::bit_cast<std::uint32_t>(row[k])) << 32 |
                     (0xFFFFFFFFu - k));
  std::make_heap(heap.begin(), heap.end());
  const std::size_t limit = rule.top_k > 0 ? static_cast<std::size_t>(rule.top_k) : heap.size();
  const float goal = rule.cumulative_mass >= 1 ? INFINITY : rule.cumulative_mass * sum;
  float reached = 0;
  while (!heap.empty() && kept.size() < limit && reached < goal) {
    std::pop_heap(heap.begin(), heap.end());
    kept.push_back(static_cast<int>(0xFFFFFFFFu - static_cast<std::uint32_t>(heap.back())));
    reached += std::bit_cast<float>(static_cast<std::uint32_t>(heap.back() >> 32));
    heap.pop_back();
  }
  std::sort(kept.begin(), kept.end());
}

Connections find_connections(const Document& document, const AttentionTrace& trace, const KeepRule& rule,
                             bool active_row_only) {
  Connections found;
  found.n_tokens = trace.n_tokens();
  found.strands = find_strands(document, trace);
  RowReader reader(document, trace);
  found.hidden = reader.hidden();
  if (document.selection.query && found.n_tokens > 0)
    found.active = std::clamp(*document.selection.query, 0, found.n_tokens - 1);
  found.end_query = found.active >= 0 ? found.active + 1 : found.n_tokens;
  found.first_query = active_row_only && found.active >= 0 ? found.active : 0;

  std::vector<int> kept;
  float largest = 0;
  for (std::size_t s = 0; s < found.strands.size(); ++s) {
    for (int query = found.first_query; query < found.end_query; ++query) {
      double mass = 0;
      int count = 0;
      const std::span<const float> row = reader.read(found.strands[s], query, mass, count);
      found.n_total += count;
      found.mass_total += mass;
      const float row_max = row.empty() ? 0 : *std::max_element(row.begin(), row.end());
      largest = std::max(largest, row_max);
      keep_keys(row, rule, kept);
      for (const int key : kept)
        found.edges.push_back({static_cast<int>(s), query, key, row[static_cast<std::size_t>(key)], row_max,
                               found.active < 0 || query == found.active});
    }
  }
  limit(found.edges, found.active);
  found.n_shown = static_cast<int>(found.edges.size());
  for (const Connection& c : found.edges) found.mass_shown += c.weight;
  if (document.selection.mix == HeadMix::Sum) found.full_weight = std::max(1.0f, largest);
  return found;
}

std::string readout(const Connections& connections) {
  if (connections.n_total == 0) return "";
  const double part = connections.mass_total > 0 ? connections.mass_shown / connections.mass_total : 0;
  // Never round up to all, nor down to nothing.
  double percent = std::round(part * 1000) / 10;
  if (connections.n_shown < connections.n_total) percent = std::min(percent, 99.9);
  char text[96];
  std::snprintf(text, sizeof text, percent >= 100 ? "%.0f" : "%.1f", std::min(percent, 100.0));
  return with_thousands(connections.n_shown) + " of " + with_thousands(connections.n_total) +
         " connections, " + text + " % of the weight";
}

}  // namespace headscope
