#include "core/position_bias.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdlib>

namespace headscope {

std::vector<float> alibi_slopes(int n_heads) {
  int power = 1;
  while (2 * power <= n_heads) power *= 2;
  std::vector<float> slopes;
  for (int head = 0; head < power; ++head) {
    slopes.push_back(static_cast<float>(std::exp2(-8.0 * (head + 1) / power)));
  }
  // The rest takes every second slope of twice as many heads.
  for (int head = 0; head < n_heads - power; ++head) {
    slopes.push_back(static_cast<float>(std::exp2(-4.0 * (2 * head + 1) / power)));
  }
  return slopes;
}

Matrix alibi_bias(float slope, int n_query, int n_key, int first_query) {
  Matrix bias(n_query, n_key);
  for (int query = 0; query < n_query; ++query) {
    for (int key = 0; key < n_key; ++key)
      bias(query, key) = slope * static_cast<float>(key - first_query - query);
  }
  return bias;
}

int RelativeBuckets::bucket(int relative_position) const {
  int n = n_buckets;
  int first = 0;
  int distance = -relative_position;
  if (bidirectional) {
    n /= 2;
    if (relative_position > 0) first = n;
    distance = std::abs(relative_position);
  } else {
    distance = std::max(distance, 0);
  }
  const int n_exact = n / 2;
  if (distance < n_exact) return first + distance;
  // Beyond the exact ones, buckets widen logarithmically up to max_distance. Float, as the checkpoints' own
  // code.
  const float position = std::log(static_cast<float>(distance) / static_cast<float>(n_exact)) /
                         static_cast<float>(std::log(static_cast<double>(max_distance) / n_exact)) *
                         static_cast<float>(n - n_exact);
  return first + std::min(n_exact + static_cast<int>(position), n - 1);
}

Matrix relative_bias(const RelativeBuckets& buckets, const MatrixView& table, int head, int n_query,
                     int n_key, int first_query) {
  assert(table.rows() == buckets.n_buckets && head < table.cols());
  Matrix bias(n_query, n_key);
  for (int query = 0; query < n_query; ++query) {
    for (int key = 0; key < n_key; ++key)
      bias(query, key) = table(buckets.bucket(key - first_query - query), head);
  }
  return bias;
}

}  // namespace headscope
