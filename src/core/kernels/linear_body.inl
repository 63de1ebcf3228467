// y = f(x W + b) over packed panels. Included inside an anonymous namespace after simd_….inl and
// math_body.inl, which must define kRowTile (rows of a register tile) with kColumnVecs (its vectors).

constexpr int kLineBytes = 64;

/// Inputs of one pass: a panel's block of that many rows stays in the second-level cache while all rows use
/// it. Longer blocks write the sums less often.
constexpr int kInBlock = 768;

/// How far ahead a single pass fetches: enough to begin what the machine's own prefetching goes on with. Zen 4 takes 13
/// ms for six rows of GPT-2 small's products; with 2 to 64 kB, which Zen 5 liked as well, 15 to 18.
constexpr int kBytesAhead = 1024;

// ---- How the weights are stored; widening is exact, so the sums are those of the wide numbers. ----

struct F32Weights {
  using Element = float;
  static Vec load_vec(const float* p) { return load(p); }
};
struct F16Weights {
  using Element = unsigned short;
  static Vec load_vec(const unsigned short* p) { return load_f16(p); }
};
struct Bf16Weights {
  using Element = unsigned short;
  static Vec load_vec(const unsigned short* p) { return load_bf16(p); }
};

/// One register tile: kRows rows times kVecs vectors of a panel.
template <class Element>
struct TileJob {
  const float* x;
  std::ptrdiff_t x_stride;
  const Element* panel;  // [n_in, kPanelWidth]
  int n_in;
  float* y;
  std::ptrdiff_t y_stride;
  const float* bias;  // null: none
  bool load_y;        // start from y
  Activation activation;
  const char* ahead;          // what to fetch meanwhile
  std::ptrdiff_t ahead_step;  // bytes from one input's share of it to the next
};

/// kAhead: cache lines of `ahead` to fetch for each input, into the second-level cache: more such fetches are
/// under way at once than fetches into the first, and a few rows are multiplied as fast as they arrive.
template <class Weights, int kRows, int kVecs, int kAhead>
inline void linear_tile(const TileJob<typename Weights::Element>& job) {
  Vec sum[kRows][kVecs];
#pragma GCC unroll 16
  for (int j = 0; j < kVecs; ++j) {
    const Vec start = job.bias ? load(job.bias + j * kLanes) : zero();
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) sum[i][j] = start;
  }
  if (job.load_y) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
      for (int j = 0; j < kVecs; ++j) sum[i][j] = add(sum[i][j], load(job.y + i * job.y_stride + j * kLanes));
    }
  }
  const typename Weights::Element* w = job.panel;
  const char* ahead = job.ahead;
  const float* x = job.x;
  const std::ptrdiff_t x_stride = job.x_stride;
  for (int k = 0; k < job.n_in; ++k) {
    Vec weight[kVecs];
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) weight[j] = Weights::load_vec(w + j * kLanes);
#pragma GCC unroll 16
    for (int line = 0; line < kAhead; ++line) prefetch(ahead + kLineBytes * line);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec input = broadcast(x[i * x_stride + k]);
#pragma GCC unroll 16
      for (int j = 0; j < kVecs; ++j) sum[i][j] = fma(input, weight[j], sum[i][j]);
    }
    w += kPanelWidth;
    ahead += job.ahead_step;
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < kVecs; ++j) {
      if (job.activation != Activation::None) sum[i][j] = activated(job.activation, sum[i][j]);
      store(job.y + i * job.y_stride + j * kLanes, sum[i][j]);
    }
  }
}

template <class Element>
using TileFunction = void (*)(const TileJob<Element>&);

template <class Weights, int kVecs, int kAhead, int... kRow>
struct TileTable {
  static constexpr TileFunction<typename Weights::Element> value[] = {
      nullptr, linear_tile<Weights, kRow, kVecs, kAhead>...};
};

/// For weights that lie in the second-level cache.
template <class Weights>
TileFunction<typename Weights::Element> cached_tile(int n_rows, int lines_ahead) {
  if (lines_ahead == 0) return TileTable<Weights, kColumnVecs, 0, HEADSCOPE_TILE_ROWS>::value[n_rows];
  if (lines_ahead == 1) return TileTable<Weights, kColumnVecs, 1, HEADSCOPE_TILE_ROWS>::value[n_rows];
  return TileTable<Weights, kColumnVecs, 2, HEADSCOPE_TILE_ROWS>::value[n_rows];
}

/// For weights that come from memory while they are used.
template <class Weights>
TileFunction<typename Weights::Element> streaming_tile(int n_rows) {
  constexpr int kBytes = kColumnVecs * kLanes * static_cast<int>(sizeof(typename Weights::Element));
  constexpr int kLines = kBytes < kLineBytes ? 1 : kBytes / kLineBytes;  // of one input's weights
  return TileTable<Weights, kColumnVecs, kLines, HEADSCOPE_TILE_ROWS>::value[n_rows];
}

/// Columns [0, n_columns) of a tile's y are written; the others do not exist.
template <class Element>
void narrow_tile(TileFunction<Element> tile, TileJob<Element> job, int n_rows, int n_columns, int width) {
  float own[kRowTile * kPanelWidth];
  float* y = job.y;
  const std::ptrdiff_t y_stride = job.y_stride;
  if (job.load_y) {
    for (int i = 0; i < n_rows; ++i) {
      for (int j = 0; j < width; ++j) own[i * width + j] = j < n_columns ? y[i * y_stride + j] : 0.0f;
    }
  }
  job.y = own;
  job.y_stride = width;
  tile(job);
  for (int i = 0; i < n_rows; ++i) {
    for (int j = 0; j < n_columns; ++j) y[i * y_stride + j] = own[i * width + j];
  }
}

template <class Weights>
void linear_panels_of(const LinearTask& task) {
  using Element = typename Weights::Element;
  constexpr int kLines =
      kPanelWidth * static_cast<int>(sizeof(Element)) / kLineBytes;  // of one input's weights
  constexpr int width = kColumnVecs * kLanes;
  const int n_tiles = (task.n_rows + kRowTile - 1) / kRowTile;
  const int n_passes = n_tiles * (kPanelWidth / width);
  const bool streams = n_tiles == 1;  // from memory, each pass its own columns
  const int in_block = streams ? task.n_in : kInBlock;
  // The panels lie one behind the other: what comes next is always right behind the block in use. Each pass
  // over a cached block fetches its share of the next one, so that memory works while the register tiles
  // compute.
  const int lines_ahead = n_passes < kLines ? kLines / n_passes : 1;
  const auto* panels = static_cast<const Element*>(task.panels);
  for (int panel = 0; panel < task.n_panels; ++panel) {
    const int column = panel * kPanelWidth;
    for (int in = 0; in < task.n_in; in += in_block) {
      const int n_in = task.n_in - in < in_block ? task.n_in - in : in_block;
      const bool first_pass = in == 0, last_pass = in + n_in == task.n_in;
      const Element* block = panels + (static_cast<std::ptrdiff_t>(panel) * task.n_in + in) * kPanelWidth;
      const Element* next = block + static_cast<std::ptrdiff_t>(n_in) * kPanelWidth;
      int row = 0, lines_fetched = 0;
      for (int t = 0; t < n_tiles; ++t) {
        const int last_row = static_cast<int>(static_cast<long>(task.n_rows) * (t + 1) / n_tiles);
        const int n_rows = last_row - row;
        for (int first = 0; first < kPanelWidth && column + first < task.n_out; first += width) {
          TileJob<Element> job;
          job.x = task.x + row * task.x_stride + in;
          job.x_stride = task.x_stride;
          job.panel = block + first;
          job.n_in = n_in;
          job.y = task.y + row * task.y_stride + column + first;
          job.y_stride = task.y_stride;
          job.bias = first_pass ? task.bias + column + first : nullptr;
          job.load_y = task.accumulate || !first_pass;
          job.activation = last_pass ? task.activation : Activation::None;
          TileFunction<Element> tile = nullptr;
          if (streams) {
            job.ahead = reinterpret_cast<const char*>(job.panel) + kBytesAhead;
            job.ahead_step = kLines * kLineBytes;
            tile = streaming_tile<Weights>(n_rows);
          } else {
            const int fetches = lines_fetched < kLines ? lines_ahead : 0;
            job.ahead = reinterpret_cast<const char*>(next) +
                        static_cast<std::ptrdiff_t>(lines_fetched) * kLineBytes * n_in;
            job.ahead_step = fetches * kLineBytes;
            tile = cached_tile<Weights>(n_rows, fetches);
            lines_fetched += fetches;
          }
          const int n_columns = task.n_out - column - first;
          if (n_columns < width) {
            narrow_tile(tile, job, n_rows, n_columns, width);
          } else {
            tile(job);
          }
        }
        row = last_row;
      }
    }
  }
}

void linear_panels(const LinearTask& task) {
  switch (task.storage) {
    case WeightStorage::F32:
      return linear_panels_of<F32Weights>(task);
    case WeightStorage::F16:
      return linear_panels_of<F16Weights>(task);
    case WeightStorage::Bf16:
      return linear_panels_of<Bf16Weights>(task);
  }
}
