#pragma once

#include <vector>

#include "core/types.h"

/// Positions as a number that is added to every score.
namespace headscope {

/// One slope a head: 2^(-8 (head + 1) / n_heads) when n_heads is a power of two, else the published
/// interleaving of the two neighbouring powers (Press et al., 2022).
std::vector<float> alibi_slopes(int n_heads);

/// -slope * (query - key): a key costs more the farther back it lies.
///   returns  [n_query, n_key]; query i stands at position first_query + i
Matrix alibi_bias(float slope, int n_query, int n_key, int first_query = 0);

/// T5's rule from a distance to a row of its table (Raffel et al., 2020).
struct RelativeBuckets {
  int n_buckets = 32;
  int max_distance = 128;
  bool bidirectional = true;  ///< encoders; decoders fold everything after the query into bucket 0

  /// The bucket of key - query.
  int bucket(int relative_position) const;
};

/// The bias of one head.
///   table    [n_buckets, n_heads]
///   returns  [n_query, n_key]; query i stands at position first_query + i
Matrix relative_bias(const RelativeBuckets& buckets, const MatrixView& table, int head, int n_query,
                     int n_key, int first_query = 0);

}  // namespace headscope
