// One head's scores, softmax and mix, a tile of query rows at a time. Included inside an anonymous namespace
// after simd_….inl and math_body.inl, which must define kQueryTile, kKeyVecs, kValueVecs and
// HEADSCOPE_QUERY_ROWS.
//
// Keys are packed once a head in blocks of kLanes: [head_dim, kLanes], so that a vector holds one feature of
// kLanes keys and a dot product needs no sum over lanes. Blocks are packed when the first query reaches them.
// Every score, weight and z is one chain of operations in a fixed order: the numbers of a row are the same
// whatever rows are computed with it.

constexpr float kNegativeInfinity = -__builtin_inff();

struct Scratch {
  float* keys;            // [n_blocks, head_dim, kLanes]
  float* values;          // [n_blocks * kLanes, value_width]
  float* rows;            // [kQueryTile, row_stride] scores, then weights before their division
  unsigned char* packed;  // [n_blocks] whether a block of keys and values is there
  std::ptrdiff_t row_stride;
  int n_blocks;
  int value_width;  // value_dim rounded up to whole vectors
  bool pack_values;
};

int value_dim_of(const HeadJob& job) {
  return job.value_dim ? job.value_dim : job.head_dim;
}

Scratch scratch_sizes(const HeadJob& job) {
  Scratch s{};
  s.n_blocks = (job.n_key + kLanes - 1) / kLanes;
  const int value_dim = value_dim_of(job);
  s.value_width = (value_dim + kLanes - 1) / kLanes * kLanes;
  // Values that lie far apart fall into the same cache sets; rows that end within a vector cannot be loaded whole.
  // Few queries do not pay for a copy.
  const bool far_apart = job.value_stride > 2 * s.value_width && job.n_query >= 2 * kQueryTile;
  s.pack_values = job.z && (far_apart || s.value_width != value_dim);
  // An odd number of vectors a row keeps the rows of a tile out of each other's cache sets.
  s.row_stride = (s.n_blocks | 1) * kLanes;
  return s;
}

std::size_t attention_scratch(const HeadJob& job) {
  const Scratch s = scratch_sizes(job);
  const std::ptrdiff_t n_keys = static_cast<std::ptrdiff_t>(s.n_blocks) * kLanes;
  return static_cast<std::size_t>(n_keys * (job.head_dim + s.value_width) + kQueryTile * s.row_stride +
                                  s.n_blocks / 4 + 1);
}

Scratch divide_scratch(const HeadJob& job, float* memory) {
  Scratch s = scratch_sizes(job);
  const std::ptrdiff_t n_keys = static_cast<std::ptrdiff_t>(s.n_blocks) * kLanes;
  s.keys = memory;
  s.values = s.keys + n_keys * job.head_dim;
  s.rows = s.values + n_keys * s.value_width;
  s.packed = reinterpret_cast<unsigned char*>(s.rows + kQueryTile * s.row_stride);
  return s;
}

void pack_block(const HeadJob& job, const Scratch& s, int block) {
  const int first_key = block * kLanes;
  const int n_keys = job.n_key - first_key < kLanes ? job.n_key - first_key : kLanes;
  const float* from = job.key + first_key * job.key_stride;
  float* to = s.keys + static_cast<std::ptrdiff_t>(first_key) * job.head_dim;
  int d = 0;
  if (n_keys == kLanes) {
    for (; d + kLanes <= job.head_dim; d += kLanes)
      transpose_block(from + d, job.key_stride, to + d * kLanes);
  }
  for (; d < job.head_dim; ++d) {
    for (int key = 0; key < kLanes; ++key)
      to[d * kLanes + key] = key < n_keys ? from[key * job.key_stride + d] : 0.0f;
  }
  if (s.pack_values) {
    const int value_dim = value_dim_of(job);
    for (int key = 0; key < n_keys; ++key) {
      const float* value = job.value + (first_key + key) * job.value_stride;
      float* copy = s.values + static_cast<std::ptrdiff_t>(first_key + key) * s.value_width;
      int c = 0;
      for (; c + kLanes <= value_dim; c += kLanes) store(copy + c, load(value + c));
      if (c < value_dim) store(copy + c, load_first(value + c, value_dim - c));
    }
  }
  s.packed[block] = 1;
}

/// Scores of kRows queries with kBlocks blocks of keys.
template <int kRows, int kBlocks>
void score_tile(const float* query, std::ptrdiff_t query_stride, const float* keys, int head_dim, float scale,
                float* rows, std::ptrdiff_t row_stride) {
  Vec sum[kRows][kBlocks];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < kBlocks; ++j) sum[i][j] = zero();
  }
  for (int d = 0; d < head_dim; ++d) {
    Vec key[kBlocks];
#pragma GCC unroll 16
    for (int j = 0; j < kBlocks; ++j) key[j] = load(keys + (j * head_dim + d) * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec q = broadcast(query[i * query_stride + d]);
#pragma GCC unroll 16
      for (int j = 0; j < kBlocks; ++j) sum[i][j] = fma(q, key[j], sum[i][j]);
    }
  }
  const Vec factor = broadcast(scale);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < kBlocks; ++j) store(rows + i * row_stride + j * kLanes, mul(sum[i][j], factor));
  }
}

/// Mixes kVecs vectors of the values by the unfinished weights of kRows queries.
template <int kRows, int kVecs>
void mix_tile(const float* rows, std::ptrdiff_t row_stride, int n_keys, const float* value,
              std::ptrdiff_t value_stride, const float* factor, float* z, std::ptrdiff_t z_stride,
              int n_columns, unsigned char* corner) {
  Vec sum[kRows][kVecs];
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) sum[i][j] = zero();
  }
  for (int key = 0; key < n_keys; ++key) {
    Vec v[kVecs];
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) v[j] = load(value + j * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec weight = broadcast(rows[i * row_stride + key]);
#pragma GCC unroll 16
      for (int j = 0; j < kVecs; ++j) sum[i][j] = fma(weight, v[j], sum[i][j]);
    }
    value += value_stride;
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    Vec difference = zero();
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) {
      const Vec result = mul(sum[i][j], broadcast(factor[i]));
      difference = add(difference, sub(result, result));
      const int n = n_columns - j * kLanes;
      if (n >= kLanes) {
        store(z + i * z_stride + j * kLanes, result);
      } else if (n > 0) {
        store_first(z + i * z_stride + j * kLanes, n, result);
      }
    }
    // x - x is 0 for every finite x and NaN for the others.
    if (sum_lanes(difference) != 0.0f && corner[i] == 0) corner[i] = kCornerMix;
  }
}

using ScoreTile = void (*)(const float*, std::ptrdiff_t, const float*, int, float, float*, std::ptrdiff_t);
using MixTile = void (*)(const float*, std::ptrdiff_t, int, const float*, std::ptrdiff_t, const float*,
                         float*, std::ptrdiff_t, int, unsigned char*);
template <int kCount, int... kRow>
struct QueryTiles {
  static constexpr ScoreTile score[] = {nullptr, score_tile<kRow, kCount>...};
  static constexpr MixTile mix[] = {nullptr, mix_tile<kRow, kCount>...};
};

ScoreTile score_function(int n_rows, int n_blocks) {
  if (n_blocks == 1) return QueryTiles<1, HEADSCOPE_QUERY_ROWS>::score[n_rows];
  if (n_blocks == 2) return QueryTiles<2, HEADSCOPE_QUERY_ROWS>::score[n_rows];
  return QueryTiles<kKeyVecs, HEADSCOPE_QUERY_ROWS>::score[n_rows];
}
MixTile mix_function(int n_rows, int n_vecs) {
  if (n_vecs == 1) return QueryTiles<1, HEADSCOPE_QUERY_ROWS>::mix[n_rows];
  return QueryTiles<kValueVecs, HEADSCOPE_QUERY_ROWS>::mix[n_rows];
}

/// What stands between scaling and softmax: bias, cap and holes, and the copy for whoever asked for scores.
///   row  scores of keys base, base + 1, …
void finish_scores(const HeadJob& job, int query, KeyRange range, int base, float* row) {
  for (int key = range.first / kLanes * kLanes; key < range.last; key += kLanes) {
    float* at = row + key - base;
    const int n = job.n_key - key < kLanes ? job.n_key - key : kLanes;
    Vec score = load(at);
    if (job.bias) score = add(score, load_first(job.bias + query * job.bias_stride + key, n));
    if (job.soft_cap != 0.0f) {
      score = mul(broadcast(job.soft_cap), tanh(div(score, broadcast(job.soft_cap))));
    }
    if (job.visible) {
      const auto* seen =
          reinterpret_cast<const unsigned char*>(job.visible) + query * job.visible_stride + key;
      score = keep_where(score, seen, n, broadcast(kNegativeInfinity));
    }
    store(at, score);
  }
  if (!job.scores) return;
  float* out = job.scores + query * job.scores_stride;
  for (int key = 0; key < job.n_key; ++key) {
    out[key] = key >= range.first && key < range.last ? row[key - base] : kNegativeInfinity;
  }
}

/// Scores of vector v that lie outside of the range become -inf.
inline void hide_outside(KeyRange range, int base, int v, float* row) {
  const int first = range.first - base - v * kLanes, last = range.last - base - v * kLanes;
  float* at = row + v * kLanes;
  store(at, keep_lanes(load(at), first > 0 ? first : 0, last < kLanes ? last : kLanes,
                       broadcast(kNegativeInfinity)));
}

/// From this many keys a row goes past the caches: a whole layer of such rows would not fit into them, and a store
/// through the cache first reads what it overwrites.
constexpr int kStreamedKeys = 512;

/// The finished weights of one row, and zeros around them.
///   row  unfinished weights of keys base, base + 1, …, of which columns [first, last) are used
void write_weights(const HeadJob& job, int query, int base, int first, int last, const float* row, float factor) {
  float* out = job.weights + query * job.weights_stride;
  const Vec share = broadcast(factor);
  const int end = base + last < job.n_key ? base + last : job.n_key;
  int key = base + first;
  if (end - key >= kStreamedKeys) {
    constexpr unsigned kVecBytes = kLanes * sizeof(float);
    const auto beyond = static_cast<unsigned>(reinterpret_cast<std::size_t>(out + key) % kVecBytes);
    const int n = static_cast<int>((kVecBytes - beyond) % kVecBytes / sizeof(float));
    store_first(out + key, n, mul(load(row + key - base), share));
    for (key += n; key + kLanes <= end; key += kLanes) stream(out + key, mul(load(row + key - base), share));
  } else {
    for (; key + kLanes <= end; key += kLanes) store(out + key, mul(load(row + key - base), share));
  }
  // The row's memory goes on to whole vectors, but a shifted load may not.
  if (key < end) store_first(out + key, end - key, mul(load_first(row + key - base, end - key), share));

  if (job.outside_is_zero) return;
  for (key = 0; key + kLanes <= base + first; key += kLanes) store(out + key, zero());
  for (key = end; key + kLanes <= job.n_key; key += kLanes) store(out + key, zero());
  if (key < job.n_key) store_first(out + key, job.n_key - key, zero());
}

/// Softmax of one row. Leaves exp(score - peak) in `row`, 0 around it up to `n_columns`, and the finished
/// weights in the job's memory. Returns 1 / sum, or NaN for a row that needs the corner rules.
float softmax_in_place(const HeadJob& job, int query, KeyRange range, int base, int n_columns, float* row) {
  const int first_vec = (range.first - base) / kLanes;
  const int last_vec = (range.last - base + kLanes - 1) / kLanes;

  // 1. What lies outside the range within the first and the last vector must not win and must become 0.
  hide_outside(range, base, first_vec, row);
  hide_outside(range, base, last_vec - 1, row);

  // 2. The largest score.
  const Vec hidden = broadcast(kNegativeInfinity);
  Vec top[4] = {hidden, hidden, hidden, hidden};
  int v = first_vec;
  for (; v + 4 <= last_vec; v += 4) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) top[j] = max(top[j], load(row + (v + j) * kLanes));
  }
  for (; v < last_vec; ++v) top[0] = max(top[0], load(row + v * kLanes));
  const float peak = max_lanes(max(max(top[0], top[1]), max(top[2], top[3])));
  if (!(peak > kNegativeInfinity && peak < -kNegativeInfinity)) return __builtin_nanf("");

  // 3. Subtracting it keeps exp() finite; exp is exactly 0 where the score is -inf.
  const Vec shift = broadcast(peak);
  Vec sums[4] = {zero(), zero(), zero(), zero()};
  v = first_vec;
  for (; v + 4 <= last_vec; v += 4) {
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j) {
      const Vec e = exp(sub(load(row + (v + j) * kLanes), shift));
      store(row + (v + j) * kLanes, e);
      sums[j] = add(sums[j], e);
    }
  }
  for (; v < last_vec; ++v) {
    const Vec e = exp(sub(load(row + v * kLanes), shift));
    store(row + v * kLanes, e);
    sums[0] = add(sums[0], e);
  }
  const float factor = 1.0f / sum_lanes(add(add(sums[0], sums[1]), add(sums[2], sums[3])));
  if (!(factor > 0.0f)) return __builtin_nanf("");

  // 4. Zeros where the tile's other rows reach farther, for the mix.
  for (int column = 0; column < first_vec * kLanes; column += kLanes) store(row + column, zero());
  for (int column = last_vec * kLanes; column < n_columns; column += kLanes) store(row + column, zero());

  // 5. Rows sum to 1.
  if (job.weights) write_weights(job, query, base, first_vec * kLanes, last_vec * kLanes, row, factor);
  return factor;
}

/// Rows [first_query, first_query + n_rows) of one tile.
void attend_tile(const HeadJob& job, const Scratch& s, int first_query, int n_rows, unsigned char* corner) {
  KeyRange ranges[kQueryTile];
  KeyRange all{job.n_key, 0};
  for (int i = 0; i < n_rows; ++i) {
    ranges[i] = job.ranges ? job.ranges[first_query + i] : KeyRange{0, job.n_key};
    if (ranges[i].first >= ranges[i].last) continue;
    if (ranges[i].first < all.first) all.first = ranges[i].first;
    if (ranges[i].last > all.last) all.last = ranges[i].last;
  }
  if (all.first >= all.last) {
    for (int i = 0; i < n_rows; ++i) corner[first_query + i] = kCornerRow;
    return;
  }
  const int first_block = all.first / kLanes;
  const int last_block = (all.last + kLanes - 1) / kLanes;
  const int base = first_block * kLanes;

  const float* query = job.query + first_query * job.query_stride;
  for (int block = first_block; block < last_block;) {
    const int n = last_block - block < kKeyVecs ? last_block - block : kKeyVecs;
    for (int b = block; b < block + n; ++b) {
      if (!s.packed[b]) pack_block(job, s, b);
    }
    score_function(n_rows, n)(query, job.query_stride,
                              s.keys + static_cast<std::ptrdiff_t>(block) * kLanes * job.head_dim,
                              job.head_dim, job.scale, s.rows + (block - first_block) * kLanes, s.row_stride);
    block += n;
  }

  float factors[kQueryTile];
  unsigned char* corner_rows = corner + first_query;
  for (int i = 0; i < n_rows; ++i) {
    float* row = s.rows + i * s.row_stride;
    if (ranges[i].first >= ranges[i].last) {
      corner_rows[i] = kCornerRow;
      factors[i] = 0.0f;
      continue;
    }
    if (job.bias || job.soft_cap != 0.0f || job.visible || job.scores) {
      finish_scores(job, first_query + i, ranges[i], base, row);
    }
    factors[i] =
        softmax_in_place(job, first_query + i, ranges[i], base, (last_block - first_block) * kLanes, row);
    if (factors[i] != factors[i]) corner_rows[i] = kCornerRow;
  }

  if (!job.z) return;
  const int value_dim = value_dim_of(job);
  const float* value = s.pack_values ? s.values + static_cast<std::ptrdiff_t>(all.first) * s.value_width
                                     : job.value + all.first * job.value_stride;
  const std::ptrdiff_t value_stride = s.pack_values ? s.value_width : job.value_stride;
  for (int column = 0; column < value_dim;) {
    const int vecs_left = (value_dim - column + kLanes - 1) / kLanes;
    const int n = vecs_left < kValueVecs ? 1 : kValueVecs;
    mix_function(n_rows, n)(s.rows + all.first - base, s.row_stride, all.last - all.first, value + column,
                            value_stride, factors, job.z + first_query * job.z_stride + column, job.z_stride,
                            value_dim - column, corner_rows);
    column += n * kLanes;
  }
}

int attend_rows(const HeadJob& job, float* memory, unsigned char* corner) {
  const Scratch s = divide_scratch(job, memory);
  for (int block = 0; block < s.n_blocks; ++block) s.packed[block] = 0;
  for (int query = 0; query < job.n_query; query += kQueryTile) {
    const int n_rows = job.n_query - query < kQueryTile ? job.n_query - query : kQueryTile;
    attend_tile(job, s, query, n_rows, corner);
  }
  end_of_streams();
  int n_corner = 0;
  for (int query = 0; query < job.n_query; ++query) n_corner += corner[query] != 0;
  return n_corner;
}
