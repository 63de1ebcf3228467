#include "scene/connections.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <numeric>

#include "scene/annotations.h"
#include "scene/row_lanes.h"
#include "scene/row_reader.h"
#include "scene/shortlist.h"
#include "scene/weight_scale.h"

namespace headscope {
namespace {

std::string with_thousands(int n) {
  std::string digits = std::to_string(n);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
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
