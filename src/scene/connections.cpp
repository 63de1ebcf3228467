#include "scene/connections.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>

#include "scene/annotations.h"
#include "scene/head_layer.h"
#include "scene/palette.h"
#include "scene/weight_scale.h"

namespace headscope {
namespace {

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

/// The lines of a picture while they are collected: all of the active row, and of the others only those that
/// can be among the strongest `most`. Of a long text a million would have to be kept otherwise.
class Shortlist {
 public:
  /// `edges` is emptied; its memory is used.
  Shortlist(std::vector<Connection>& edges, int active, int max_edges)
      : edges_(edges), active_(active), most_(static_cast<std::size_t>(std::max(1, max_edges))) {
    edges_.clear();
  }

  /// Connections of other rows that are weaker than this need not be added.
  float floor() const { return floor_; }
  void add(const Connection& edge) {
    edges_.push_back(edge);
    if (edges_.size() >= full_) raise_floor();
  }
  /// Leaves the active row and the strongest of the others, `most` together (the active row is never cut).
  /// Weights as small as the first one left out go with it, so that the result does not depend on their
  /// order; where all are equal they stay.
  void finish() {
    if (edges_.size() <= most_) return;
    const auto n_active = static_cast<std::size_t>(std::count_if(
        edges_.begin(), edges_.end(), [this](const Connection& c) { return c.query == active_; }));
    const std::size_t room = most_ - std::min(most_, n_active);
    if (room >= edges_.size() - n_active) return;
    const float least = ranked(room);
    if (least == *std::max_element(weights_.begin(), weights_.end()) && active_ < 0) return;
    std::erase_if(edges_, [&](const Connection& c) { return c.query != active_ && c.weight <= least; });
  }

 private:
  /// The weight that `rank` others are at least as large as. REQUIRES: rank < number of others.
  float ranked(std::size_t rank) {
    weights_.clear();
    for (const Connection& c : edges_)
      if (c.query != active_) weights_.push_back(c.weight);
    const auto at = weights_.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(weights_.begin(), at, weights_.end(), std::greater<>());
    return *at;
  }
  void raise_floor() {
    const auto n_others = static_cast<std::size_t>(std::count_if(
        edges_.begin(), edges_.end(), [this](const Connection& c) { return c.query != active_; }));
    if (n_others > most_) {
      floor_ = ranked(most_);
      std::erase_if(edges_, [&](const Connection& c) { return c.query != active_ && c.weight < floor_; });
    }
    full_ = std::max(3 * most_, 2 * edges_.size());
  }

  std::vector<Connection>& edges_;
  int active_;
  std::size_t most_, full_ = 3 * most_;
  float floor_ = 0;
  std::vector<float> weights_;
};

/// One number that orders weights, ties by the earlier key: positive floats sort like their bits.
std::uint64_t code_of(float weight, std::size_t key) {
  return static_cast<std::uint64_t>(std::bit_cast<std::uint32_t>(weight)) << 32 | (0xFFFFFFFFu - key);
}
float weight_of(std::uint64_t code) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(code >> 32));
}

/// The smallest of the fewest codes whose weights reach `goal`, or of the `most` largest ones if these are
/// fewer: a quickselect that follows the mass, since sorting every row of every head would cost more than all
/// the rest. Reorders `codes`.
std::uint64_t last_kept(std::vector<std::uint64_t>& codes, float goal, std::size_t most) {
  std::size_t begin = 0, end = codes.size(), taken = 0;
  float mass = 0;
  std::uint64_t last = ~std::uint64_t{0};
  while (begin < end) {
    std::swap(codes[begin + (end - begin) / 2], codes[end - 1]);
    const std::uint64_t pivot = codes[end - 1];
    std::size_t larger = begin;
    float above = 0;
    for (std::size_t i = begin; i + 1 < end; ++i) {
      if (codes[i] <= pivot) continue;
      above += weight_of(codes[i]);
      std::swap(codes[i], codes[larger++]);
    }
    if (mass + above >= goal || taken + (larger - begin) >= most) {
      end = larger;
      continue;
    }
    mass += above + weight_of(pivot);
    taken += larger - begin + 1;
    last = pivot;
    if (mass >= goal || taken >= most) return last;
    std::swap(codes[larger], codes[end - 1]);
    begin = larger + 1;
  }
  return last;
}

/// Equal values have equal ids; anything else practically never. Four sums that do not wait for each other.
std::uint64_t hash_values(const std::vector<float>& values) {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ull;
  constexpr std::size_t kSums = 4;
  std::array<std::uint64_t, kSums> sums{1, 2, 3, 4}, some{};
  std::size_t i = 0;
  const auto add = [&](std::size_t n_floats) {
    some.fill(0);
    std::memcpy(some.data(), values.data() + i, n_floats * sizeof(float));
    for (std::size_t j = 0; j < kSums; ++j) {
      sums[j] = (sums[j] ^ some[j]) * kFactor;
      sums[j] ^= sums[j] >> 32;
    }
    i += n_floats;
  };
  while (i + 2 * kSums <= values.size()) add(2 * kSums);
  if (i < values.size()) add(values.size() - i);
  std::uint64_t hash = values.size();
  for (const std::uint64_t sum : sums) {
    hash = (hash ^ sum) * kFactor;
    hash ^= hash >> 32;
  }
  return hash | 1;
}

// Rows are added up in lanes, so that the compiler may make vectors of them.
constexpr std::size_t kLanes = 16;

/// What a threshold leaves of a row.
struct Cut {
  float mass = 0;
  int count = 0;
};

/// The row with -1 in place of what is smaller than `least`, which is above 0.
Cut cut_row(std::span<const float> row, float least, float* out) {
  std::array<float, kLanes> masses{};
  Cut cut;
  std::size_t k = 0;
  for (; k + kLanes <= row.size(); k += kLanes) {
    for (std::size_t i = 0; i < kLanes; ++i) {
      const float w = row[k + i];
      out[k + i] = w >= least ? w : -1.0f;
      masses[i] += w >= least ? w : 0.0f;
      cut.count += w >= least ? 1 : 0;
    }
  }
  for (; k < row.size(); ++k) {
    const bool shown = row[k] >= least;
    out[k] = shown ? row[k] : -1.0f;
    if (shown) masses[0] += row[k], ++cut.count;
  }
  cut.mass = std::accumulate(masses.begin(), masses.end(), 0.0f);
  return cut;
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
  const std::vector<TraceToken>& keys = trace.keys();
  hidden_.assign(keys.size(), false);
  for (std::size_t i = 0; i < keys.size(); ++i) {
    hidden_[i] =
        (i == 0 && document.view.hide_first_token) || (keys[i].special && document.view.hide_special_tokens);
    any_hidden_ = any_hidden_ || hidden_[i];
  }
}

std::span<const float> RowReader::row_of(const Strand& strand, std::size_t member, int query) {
  const HeadRef ref = strand.members[member];
  const AttentionLayer& layer = layer_of(trace_, ref);
  if (blocks_.size() < strand.members.size()) blocks_.resize(strand.members.size());
  Block& block = blocks_[member];
  const auto n_key = static_cast<std::size_t>(layer.n_key());
  const bool same = block.layer == &layer && block.head == ref.head;
  if (!same || query < block.first || query >= block.first + block.n) {
    // Who asks for the row after the last one wants all of them. Many at once cost less where they must be
    // computed, as long as their memory stays in the cache.
    constexpr int kRowsAtOnce = 64, kFewest = 8;
    const int most = std::max(kFewest, kRowsAtOnce / static_cast<int>(strand.members.size()));
    const bool goes_on = same && query == block.first + block.n && !layer.keeps_weights();
    block = {&layer, ref.head, query, goes_on ? std::min(most, layer.n_query() - query) : 1,
             std::move(block.weights)};
    block.weights.resize(static_cast<std::size_t>(block.n) * n_key);
    layer.weights_rows(ref.head, query, block.weights);
  }
  return std::span(block.weights).subspan(static_cast<std::size_t>(query - block.first) * n_key, n_key);
}

RowReader::Row RowReader::read(const Strand& strand, int query) {
  const std::size_t n_keys = trace_.keys().size();
  row_.resize(n_keys);
  for (std::size_t member = 0; member < strand.members.size(); ++member) {
    const AttentionLayer& layer = layer_of(trace_, strand.members[member]);
    const bool has_row = query < layer.n_query();
    if (member == 0 && has_row && layer.keeps_weights() && layer.n_key() == static_cast<int>(n_keys)) {
      layer.weights_row(strand.members[0].head, query, row_);
      continue;
    }
    const std::span<const float> part = has_row ? row_of(strand, member, query) : std::span<const float>();
    const std::size_t n = std::min(n_keys, part.size());
    if (member == 0) {
      std::copy_n(part.begin(), n, row_.begin());
      std::fill(row_.begin() + static_cast<std::ptrdiff_t>(n), row_.end(), 0.0f);
    } else if (mix_ == HeadMix::Max) {
      for (std::size_t k = 0; k < n; ++k) row_[k] = std::max(row_[k], part[k]);
    } else {
      for (std::size_t k = 0; k < n; ++k) row_[k] += part[k];
    }
  }
  Eigen::Map<Vector> weights(row_.data(), static_cast<Eigen::Index>(n_keys));
  if (strand.members.size() > 1 && mix_ == HeadMix::Mean)
    weights /= static_cast<float>(strand.members.size());

  const float held = weights.sum();
  int n_positive = 0;
  for (const float w : row_) n_positive += w > 0 ? 1 : 0;
  Row row{row_, held, 0, n_positive};
  if (trace_.ungrouped) {
    const AttentionLayer::LeftOut left = left_out(strand, query);
    row.mass += left.weight;
    row.count += left.count;
    if (renormalize_ && !any_hidden_ && held > 0) weights *= row.mass / held;
  }
  if (any_hidden_) {
    for (std::size_t k = 0; k < n_keys; ++k)
      if (hidden_[k]) row_[k] = 0;
    const float shown = weights.sum();
    if (renormalize_ && shown > 0) weights *= row.mass / shown;
  }
  row.largest = n_keys ? weights.maxCoeff() : 0;
  return row;
}

/// What the view leaves out of a row of a strand, the heads combined as their weights are.
AttentionLayer::LeftOut RowReader::left_out(const Strand& strand, int query) const {
  AttentionLayer::LeftOut all;
  for (const HeadRef& ref : strand.members) {
    const AttentionLayer& layer = layer_of(trace_, ref);
    if (query >= layer.n_query()) continue;
    const AttentionLayer::LeftOut one = layer.left_out(ref.head, query);
    all.weight = mix_ == HeadMix::Max ? std::max(all.weight, one.weight) : all.weight + one.weight;
    all.count = std::max(all.count, one.count);
  }
  if (strand.members.size() > 1 && mix_ == HeadMix::Mean)
    all.weight /= static_cast<float>(strand.members.size());
  return all;
}

void keep_keys(std::span<const float> row, const KeepRule& rule, std::vector<int>& kept) {
  kept.clear();
  const float sum = Eigen::Map<const Vector>(row.data(), static_cast<Eigen::Index>(row.size())).sum();
  const bool all = rule.cumulative_mass >= 1 && rule.top_k <= 0;
  if (all || row.empty() || sum < 1e-30f) {
    for (std::size_t k = 0; k < row.size(); ++k)
      if (row[k] > 0 && row[k] >= rule.threshold) kept.push_back(static_cast<int>(k));
    return;
  }
  const float goal = rule.cumulative_mass >= 1 ? INFINITY : rule.cumulative_mass * sum;
  const std::size_t most = rule.top_k > 0 ? static_cast<std::size_t>(rule.top_k) : row.size();
  thread_local std::vector<float> shown;  // the row, 0 below the threshold
  shown.resize(row.size());
  std::uint32_t n_zeros = 0;
  for (std::size_t k = 0; k < row.size(); ++k) {
    shown[k] = row[k] >= rule.threshold ? row[k] : 0.0f;
    n_zeros += shown[k] > 0 ? 0u : 1u;
  }

  // Mass and number by size, in steps of half an octave below the largest: the cut lies in one of these
  // steps, and only its few weights need be ordered. No branch depends on a weight: it would be guessed wrong
  // half the time.
  constexpr std::uint32_t kSteps = 32;
  constexpr int kShift = 22;
  std::array<float, kSteps> mass{};
  std::array<std::uint32_t, kSteps> count{};
  const float largest =
      Eigen::Map<const Vector>(row.data(), static_cast<Eigen::Index>(row.size())).maxCoeff();
  const std::uint32_t top = std::bit_cast<std::uint32_t>(largest);
  const auto step_of = [top](float w) {
    return std::min(kSteps - 1, (top - std::bit_cast<std::uint32_t>(w)) >> kShift);
  };
  for (const float w : shown) {
    mass[step_of(w)] += w;
    ++count[step_of(w)];
  }
  count[kSteps - 1] -= n_zeros;  // 0 lies below every step but the last
  std::uint32_t step = 0;
  float reached = 0;
  std::size_t taken = 0;
  for (; step < kSteps && reached + mass[step] < goal && taken + count[step] < most; ++step) {
    reached += mass[step];
    taken += count[step];
  }
  std::uint64_t last = std::uint64_t{1} << 32;  // the smallest positive weight
  if (step < kSteps) {
    thread_local std::vector<std::uint64_t> codes;
    codes.clear();
    for (std::size_t k = 0; k < shown.size(); ++k)
      if (step_of(shown[k]) == step && shown[k] > 0) codes.push_back(code_of(shown[k], k));
    last = last_kept(codes, goal - reached, most - taken);
  }
  kept.resize(row.size());
  std::size_t n_kept = 0;
  for (std::size_t k = 0; k < shown.size(); ++k) {
    kept[n_kept] = static_cast<int>(k);
    n_kept += static_cast<std::size_t>(code_of(shown[k], k) >= last);
  }
  kept.resize(n_kept);
}

/// As keep_keys, but keys with less weight than `floor` may be missing: nobody will draw them.
void keep_strong_keys(std::span<const float> row, const KeepRule& rule, float floor, std::vector<int>& kept) {
  if (floor <= 0) return keep_keys(row, rule, kept);
  const float least = std::max(floor, rule.threshold);
  std::array<float, kLanes> sums{}, masses{};
  int n_strong = 0;
  for (std::size_t begin = 0; begin < row.size(); begin += kLanes) {
    std::array<float, kLanes> some{};
    std::copy_n(row.data() + begin, std::min(kLanes, row.size() - begin), some.data());
    for (std::size_t i = 0; i < kLanes; ++i) {
      const float w = some[i];
      sums[i] += w;
      masses[i] += w >= least ? w : 0.0f;
      n_strong += w >= least ? 1 : 0;
    }
  }
  const float sum = std::accumulate(sums.begin(), sums.end(), 0.0f);
  const float mass = std::accumulate(masses.begin(), masses.end(), 0.0f);
  // As long as the strong ones together are within the rule it keeps all of them, and need not be asked.
  // Rounding decides nothing: what is close is asked.
  const bool within_mass = rule.cumulative_mass >= 1 || mass < 0.9999f * rule.cumulative_mass * sum;
  if (!within_mass || (rule.top_k > 0 && n_strong > rule.top_k)) return keep_keys(row, rule, kept);
  kept.clear();
  if (n_strong == 0) return;
  for (std::size_t k = 0; k < row.size(); ++k)
    if (row[k] >= least) kept.push_back(static_cast<int>(k));
}

Connections find_connections(const Document& document, const AttentionTrace& trace,
                             const ConnectionOptions& options) {
  Connections found;
  found.n_tokens = trace.n_tokens();
  found.n_keys = trace.n_keys();
  found.strands = find_strands(document, trace);
  RowReader reader(document, trace);
  found.hidden = reader.hidden();
  if (document.selection.query && found.n_tokens > 0)
    found.active = std::clamp(*document.selection.query, 0, found.n_tokens - 1);
  found.end_query = trace.causal && found.active >= 0 ? found.active + 1 : found.n_tokens;
  if (options.active_row_only && found.active >= 0) {
    found.first_query = found.active;
    found.end_query = found.active + 1;
  }

  const auto n_rows = static_cast<std::size_t>(found.n_tokens), n = static_cast<std::size_t>(found.n_keys);
  // Their memory is kept from one layout to the next.
  thread_local std::vector<Connection> edges;
  Shortlist shortlist(edges, found.active, options.max_edges);
  std::vector<int> kept;
  std::vector<float> row_max(options.as_matrices ? n_rows : 0);
  float largest = 0;
  for (std::size_t s = 0; s < found.strands.size(); ++s) {
    MatrixValues* matrix = nullptr;
    if (options.as_matrices) {
      found.matrices.push_back(std::make_shared<MatrixValues>());
      matrix = found.matrices.back().get();
      matrix->rows = found.n_tokens;
      matrix->cols = found.n_keys;
      matrix->values.assign(n_rows * n, -1.0f);
    }
    for (int query = found.first_query; query < found.end_query; ++query) {
      const RowReader::Row row = reader.read(found.strands[s], query);
      found.n_total += row.count;
      found.mass_total += row.mass;
      largest = std::max(largest, row.largest);
      const bool spot = !document.spotlight.empty();
      const bool lit = spot || found.active < 0 || query == found.active;
      if (matrix && options.rule.top_k <= 0 && query != found.active) {
        const float least = std::max(options.rule.threshold, std::numeric_limits<float>::denorm_min());
        const Cut cut =
            cut_row(row.weights, least, matrix->values.data() + static_cast<std::size_t>(query) * n);
        found.n_shown += cut.count;
        found.mass_shown += cut.mass;
        row_max[static_cast<std::size_t>(query)] = row.largest;
        continue;
      }
      if (matrix || query == found.active)
        keep_keys(row.weights, options.rule, kept);
      else
        keep_strong_keys(row.weights, options.rule, shortlist.floor(), kept);
      if (matrix) row_max[static_cast<std::size_t>(query)] = row.largest;
      for (const int key : kept) {
        const float weight = row.weights[static_cast<std::size_t>(key)];
        if (matrix)
          matrix->values[static_cast<std::size_t>(query) * n + static_cast<std::size_t>(key)] = weight;
        if (!matrix || query == found.active) {
          const bool seen = lit && (!spot || in_spotlight(document, query, key, trace.key_tokens.empty()));
          shortlist.add({static_cast<int>(s), query, key, weight, row.largest, seen});
        } else {
          ++found.n_shown;
          found.mass_shown += weight;
        }
      }
    }
    if (matrix && document.view.scale != WeightScale::Linear) {
      for (std::size_t i = 0; i < matrix->values.size(); ++i)
        if (float& w = matrix->values[i]; w > 0) w = scaled_weight(w, row_max[i / n], 1, document.view.scale);
    }
  }
  if (document.selection.mix == HeadMix::Sum) found.full_weight = std::max(1.0f, largest);
  for (const auto& matrix : found.matrices) {
    if (found.full_weight != 1)
      for (float& w : matrix->values) w = w > 0 ? w / found.full_weight : w;
    matrix->id = hash_values(matrix->values);
  }
  shortlist.finish();
  found.edges = edges;
  found.n_shown += static_cast<int>(found.edges.size());
  for (const Connection& c : found.edges) found.mass_shown += c.weight;
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
