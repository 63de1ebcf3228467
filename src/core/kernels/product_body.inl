// c = a b for two factors that change every time. Included inside an anonymous namespace after simd_….inl, with
// kProductRows (rows of a register tile) and kProductVecs (its vectors), which must divide a strip.
//
// b is cut into strips of columns and blocks of inputs; a block of a strip is packed, stays in the first-level cache,
// and meets all rows of a. Each sum is a chain of multiply-adds in the order of the inputs, with two exceptions:
// - columns beyond the last strip of 48 or 32 have one vector to a row, which would wait for itself: they keep two
//   sums, of even and of odd inputs;
// - more than kLongestSum inputs make several chains, whose results are added.

constexpr int kStrip = 48, kShortStrip = 32;
constexpr int kLongestSum = 936;
constexpr int kProductBlock = 128;  ///< inputs of a packed block: 24 kB of a strip
constexpr int kFewRows = 32;        ///< up to here packing b would cost more than it saves

struct ProductTile {
  const float* a;
  std::ptrdiff_t a_row, a_inner;
  const float* b;  // [n_inner, b_inner] and at least the tile's vectors wide
  std::ptrdiff_t b_inner;
  int n_inner;
  float* c;
  std::ptrdiff_t c_row;
  int n_columns;  // of the last vector, which may be narrow
  bool resume;    // the chain goes on from what c holds
  bool finish;    // the chain ends here: c = (add ? c : 0) + sum
  bool add;
};

template <int kRows, int kVecs, bool kTwoSums>
inline void product_tile(const ProductTile& t) {
  Vec sum[kRows][kVecs];
  const auto at = [&](int i, int j) { return t.c + i * t.c_row + j * kLanes; };
  const auto read = [&](int i, int j) {
    return j + 1 < kVecs || t.n_columns == kLanes ? load(at(i, j)) : load_first(at(i, j), t.n_columns);
  };
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) sum[i][j] = t.resume ? read(i, j) : zero();
  }
  const float *a = t.a, *b = t.b;
  const std::ptrdiff_t a_row = t.a_row;
  const auto multiply_add = [&](Vec(&to)[kRows][kVecs]) {
    Vec right[kVecs];
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) right[j] = load(b + j * kLanes);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec left = broadcast(a[i * a_row]);
#pragma GCC unroll 16
      for (int j = 0; j < kVecs; ++j) to[i][j] = fma(left, right[j], to[i][j]);
    }
    a += t.a_inner;
    b += t.b_inner;
  };
  int k = 0;
  if constexpr (kTwoSums) {
    Vec odd[kRows][kVecs];
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
      for (int j = 0; j < kVecs; ++j) odd[i][j] = zero();
    }
    for (; k < t.n_inner / 8 * 8; k += 2) {
      multiply_add(sum);
      multiply_add(odd);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
      for (int j = 0; j < kVecs; ++j) sum[i][j] = add(sum[i][j], odd[i][j]);
    }
  }
  for (; k < t.n_inner; ++k) multiply_add(sum);
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) {
      if (t.finish) sum[i][j] = add(t.add ? read(i, j) : zero(), sum[i][j]);
      if (j + 1 < kVecs || t.n_columns == kLanes) {
        store(at(i, j), sum[i][j]);
      } else {
        store_first(at(i, j), t.n_columns, sum[i][j]);
      }
    }
  }
}

using ProductTileFunction = void (*)(const ProductTile&);

template <int kVecs, bool kTwoSums, int... kRow>
struct ProductTiles {
  static constexpr ProductTileFunction value[] = {nullptr, product_tile<kRow, kVecs, kTwoSums>...};
};

/// Tiles of `n_vecs` vectors, by their number of rows.
template <int kVecs>
const ProductTileFunction* product_tiles(int n_vecs) {
  if constexpr (kVecs > 1) {
    if (n_vecs < kVecs) return product_tiles<kVecs - 1>(n_vecs);
  }
  return ProductTiles<kVecs, false, HEADSCOPE_PRODUCT_ROWS>::value;
}

/// to [n_inner, kStrip]: columns [first, first + n_columns) of b, then zeros up to a whole vector.
void pack_strip(const ProductTask& p, int first_inner, int n_inner, int first, int n_columns, float* to) {
  const float* b = p.b + first_inner * p.b_inner + first * p.b_column;
  const int whole = n_columns / kLanes * kLanes, rest = n_columns - whole;
  if (p.b_column == 1) {
    for (int k = 0; k < n_inner; ++k, b += p.b_inner, to += kStrip) {
      for (int j = 0; j < whole; j += kLanes) store(to + j, load(b + j));
      if (rest) store(to + whole, load_first(b + whole, rest));
    }
    return;
  }
  for (int j = 0; j < n_columns; j += kLanes) {
    const int lanes = j < whole ? kLanes : rest;
    int k = 0;
    float block[kLanes * kLanes];
    for (; lanes == kLanes && k + kLanes <= n_inner; k += kLanes) {
      transpose_block(b + j * p.b_column + k, p.b_column, block);
      for (int i = 0; i < kLanes; ++i) store(to + (k + i) * kStrip + j, load(block + i * kLanes));
    }
    for (; k < n_inner; ++k) {
      for (int i = 0; i < kLanes; ++i) to[k * kStrip + j + i] = i < lanes ? b[(j + i) * p.b_column + k] : 0.0f;
    }
  }
}

/// Columns [first, first + n_columns) of one chain of inputs, [first_inner, first_inner + n_inner).
void product_strip(const ProductTask& p, int first_inner, int n_inner, int first, int n_columns, bool two_sums,
                   bool add, float* packed) {
  const bool direct = p.b_column == 1 && p.n_rows <= kFewRows && n_columns % kLanes == 0;
  // What is added to c is one whole sum, and two sums have no one place to rest in: neither is cut into blocks.
  const int block = add || two_sums || direct ? n_inner : kProductBlock;
  for (int in = 0; in < n_inner; in += block) {
    ProductTile t;
    t.n_inner = n_inner - in < block ? n_inner - in : block;
    if (!direct) pack_strip(p, first_inner + in, t.n_inner, first, n_columns, packed);
    const float* b = direct ? p.b + (first_inner + in) * p.b_inner + first : packed;
    t.a_row = p.a_row;
    t.a_inner = p.a_inner;
    t.b_inner = direct ? p.b_inner : kStrip;
    t.c_row = p.c_row;
    t.resume = in > 0;
    t.finish = in + t.n_inner == n_inner;
    t.add = add;
    for (int row = 0; row < p.n_rows; row += kProductRows) {
      const int n_rows = p.n_rows - row < kProductRows ? p.n_rows - row : kProductRows;
      t.a = p.a + row * p.a_row + (first_inner + in) * p.a_inner;
      for (int column = 0; column < n_columns;) {
        const int vecs_left = (n_columns - column + kLanes - 1) / kLanes;
        const int n_vecs = two_sums ? 1 : vecs_left < kProductVecs ? vecs_left : kProductVecs;
        t.b = b + column;
        t.c = p.c + row * p.c_row + first + column;
        const int last = n_columns - column - (n_vecs - 1) * kLanes;
        t.n_columns = last < kLanes ? last : kLanes;
        const ProductTileFunction* tiles = two_sums ? ProductTiles<1, true, HEADSCOPE_PRODUCT_ROWS>::value
                                                    : product_tiles<kProductVecs>(n_vecs);
        tiles[n_rows](t);
        column += n_vecs * kLanes;
      }
    }
  }
}

void product(const ProductTask& p) {
  alignas(64) float packed[kLongestSum * kStrip];
  const int n_chains = (p.n_inner + kLongestSum - 1) / kLongestSum;
  const int chain = n_chains > 1 ? ((p.n_inner + n_chains - 1) / n_chains + 7) / 8 * 8 : p.n_inner;
  const int after_strips = p.n_columns % kStrip;
  const int two_sums_from = p.n_columns - (after_strips >= kShortStrip ? after_strips - kShortStrip : after_strips);
  for (int in = 0; in < p.n_inner; in += chain) {
    const int n_inner = p.n_inner - in < chain ? p.n_inner - in : chain;
    const bool add = p.add || in > 0;
    for (int column = 0; column < p.n_columns;) {
      const bool two_sums = column >= two_sums_from;
      const int end = two_sums ? p.n_columns : two_sums_from;
      const int n_columns = end - column < kStrip ? end - column : kStrip;
      product_strip(p, in, n_inner, column, n_columns, two_sums, add, packed);
      column += n_columns;
    }
  }
}
