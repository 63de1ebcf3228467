// y = f(x W + b) over packed panels. Included inside an anonymous namespace after simd_….inl and
// math_body.inl, which must define kRowTile (rows of a register tile) and kColumnVecs (vectors of a register
// tile).

/// Inputs of one pass: a panel's block of that many rows stays in the second-level cache while all rows use it. Longer
/// blocks write the sums less often.
constexpr int kInBlock = 768;

/// How far ahead a single row tile fetches: far enough for memory, near enough to stay in the first-level cache.
constexpr int kFloatsAhead = 4096;

/// One register tile: kRows rows times kColumnVecs vectors of a panel.
struct TileJob {
  const float* x;
  std::ptrdiff_t x_stride;
  const float* panel;  // [n_in, kPanelWidth]
  int n_in;
  float* y;
  std::ptrdiff_t y_stride;
  const float* bias;  // null: none
  bool load_y;        // start from y
  Activation activation;
  const float* ahead;  // what to fetch meanwhile
};

/// kAhead: cache lines of `ahead` to fetch for each input.
template <int kRows, int kAhead>
inline void linear_tile(const TileJob& job) {
  Vec sum[kRows][kColumnVecs];
#pragma GCC unroll 16
  for (int j = 0; j < kColumnVecs; ++j) {
    const Vec start = job.bias ? load(job.bias + j * kLanes) : zero();
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) sum[i][j] = start;
  }
  if (job.load_y) {
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
      for (int j = 0; j < kColumnVecs; ++j)
        sum[i][j] = add(sum[i][j], load(job.y + i * job.y_stride + j * kLanes));
    }
  }
  const float* w = job.panel;
  const float* ahead = job.ahead;
  const float* x = job.x;
  const std::ptrdiff_t x_stride = job.x_stride;
  for (int k = 0; k < job.n_in; ++k) {
    Vec weight[kColumnVecs];
#pragma GCC unroll 16
    for (int j = 0; j < kColumnVecs; ++j) weight[j] = load(w + j * kLanes);
#pragma GCC unroll 16
    for (int line = 0; line < kAhead; ++line) prefetch_near(ahead + 16 * line);
#pragma GCC unroll 16
    for (int i = 0; i < kRows; ++i) {
      const Vec input = broadcast(x[i * x_stride + k]);
#pragma GCC unroll 16
      for (int j = 0; j < kColumnVecs; ++j) sum[i][j] = fma(input, weight[j], sum[i][j]);
    }
    w += kPanelWidth;
    ahead += 16 * kAhead;
  }
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < kColumnVecs; ++j) {
      if (job.activation != Activation::None) sum[i][j] = activated(job.activation, sum[i][j]);
      store(job.y + i * job.y_stride + j * kLanes, sum[i][j]);
    }
  }
}

using TileFunction = void (*)(const TileJob&);

template <int kAhead, int... kRow>
struct TileTable {
  static constexpr TileFunction value[] = {nullptr, linear_tile<kRow, kAhead>...};
};
#define HEADSCOPE_TILES(ahead) TileTable<ahead, HEADSCOPE_TILE_ROWS>::value

TileFunction tile_function(int n_rows, int lines_ahead) {
  if (lines_ahead == 0) return HEADSCOPE_TILES(0)[n_rows];
  if (lines_ahead == 1) return HEADSCOPE_TILES(1)[n_rows];
  if (lines_ahead == 2) return HEADSCOPE_TILES(2)[n_rows];
  return HEADSCOPE_TILES(4)[n_rows];
}

/// A panel of which only `n_columns` exist in y: computed beside y, then copied.
void narrow_panel(TileFunction tile, TileJob job, int n_rows, int n_columns) {
  float own[kRowTile * kPanelWidth];
  float* y = job.y;
  const std::ptrdiff_t y_stride = job.y_stride;
  if (job.load_y) {
    for (int i = 0; i < n_rows; ++i) {
      for (int j = 0; j < kPanelWidth; ++j)
        own[i * kPanelWidth + j] = j < n_columns ? y[i * y_stride + j] : 0.0f;
    }
  }
  const int width = kColumnVecs * kLanes;
  for (int first = 0; first < n_columns; first += width) {
    TileJob part = job;
    part.panel += first;
    if (part.bias) part.bias += first;
    part.y = own + first;
    part.y_stride = kPanelWidth;
    tile(part);
  }
  for (int i = 0; i < n_rows; ++i) {
    for (int j = 0; j < n_columns; ++j) y[i * y_stride + j] = own[i * kPanelWidth + j];
  }
}

void linear_panels(const LinearTask& task) {
  const int n_tiles = (task.n_rows + kRowTile - 1) / kRowTile;
  const int in_block = n_tiles == 1 ? task.n_in : kInBlock;
  // The panels lie one behind the other: what comes next is always right behind the block in use. Each row
  // tile fetches its share of it, so that memory works while the register tiles compute.
  const int lines_ahead = n_tiles == 1 ? 4 : n_tiles == 2 ? 2 : 1;
  for (int panel = 0; panel < task.n_panels; ++panel) {
    const int column = panel * kPanelWidth;
    const int n_columns = task.n_out - column < kPanelWidth ? task.n_out - column : kPanelWidth;
    for (int in = 0; in < task.n_in; in += in_block) {
      const int n_in = task.n_in - in < in_block ? task.n_in - in : in_block;
      const bool first_pass = in == 0, last_pass = in + n_in == task.n_in;
      const float* block = task.panels + (static_cast<std::ptrdiff_t>(panel) * task.n_in + in) * kPanelWidth;
      const float* next = block + (n_tiles == 1 ? kFloatsAhead : static_cast<std::ptrdiff_t>(n_in) * kPanelWidth);
      int row = 0;
      for (int t = 0; t < n_tiles; ++t) {
        const int last_row = static_cast<int>(static_cast<long>(task.n_rows) * (t + 1) / n_tiles);
        const int n_rows = last_row - row;
        TileJob job;
        job.x = task.x + row * task.x_stride + in;
        job.x_stride = task.x_stride;
        job.panel = block;
        job.n_in = n_in;
        job.y = task.y + row * task.y_stride + column;
        job.y_stride = task.y_stride;
        job.bias = first_pass ? task.bias + column : nullptr;
        job.load_y = task.accumulate || !first_pass;
        job.activation = last_pass ? task.activation : Activation::None;
        const bool fetches = t * lines_ahead < 4;
        job.ahead = next + static_cast<std::ptrdiff_t>(t) * lines_ahead * 16 * n_in;
        const TileFunction tile = tile_function(n_rows, fetches ? lines_ahead : 0);
        if (n_columns < kPanelWidth) {
          narrow_panel(tile, job, n_rows, n_columns);
        } else {
          for (int first = 0; first < kPanelWidth; first += kColumnVecs * kLanes) {
            TileJob part = job;
            part.panel += first;
            if (part.bias) part.bias += first;
            part.y += first;
            tile(part);
          }
        }
        row = last_row;
      }
    }
  }
}
