#include "core/linear.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>

#include "core/linear_packer.h"
#include "core/onednn_product.h"
#include "core/packed_weights.h"
#include "core/thread_pool.h"

namespace headscope {
namespace {

constexpr int kWidth = kernels::kPanelWidth;

/// Rows of one unit of work: their inputs stay in the second-level cache while panel after panel passes by.
constexpr int kRowBlock = 256;

/// A unit of work below this is not worth handing to another thread.
constexpr double kUnitUs = 8.0;

/// What one core does in a microsecond, for cutting work into units of a sensible size; being off by two is
/// harmless.
constexpr double kMultipliesPerUs = 1.2e5, kWeightsPerUs = 9e3;

/// From this product on the weights stay in memory.
constexpr int kUsesUntilKept = 3;

/// Room of this thread for numbers that are used at once.
void* scratch_of(AlignedBuffer& memory, std::size_t n_bytes) {
  const std::size_t n_floats = (n_bytes + sizeof(float) - 1) / sizeof(float);
  if (memory.size() < n_floats) memory = AlignedBuffer(n_floats);
  return memory.data();
}

}  // namespace

Multiplier default_multiplier() {
  static const char* wanted = std::getenv("HEADSCOPE_MULTIPLIER");
  return wanted && std::strcmp(wanted, "onednn") == 0 ? Multiplier::OneDnn : Multiplier::Kernels;
}

PackedLinear::PackedLinear(WeightView weight, int n_out, int n_in, WeightLayout layout, const float* bias,
                           ThreadPool* pool) {
  LinearPacker packer(n_out, n_in, weight.storage, pool);
  const bool out_in = layout == WeightLayout::OutIn;
  const int n_rows = out_in ? n_out : n_in;
  const std::size_t row_bytes = static_cast<std::size_t>(out_in ? n_in : n_out) * bytes_of(weight.storage);
  const auto pack = [&](int piece) {
    const int first = piece * LinearPacker::kPieceRows,
              n = std::min(LinearPacker::kPieceRows, n_rows - first);
    const void* rows = static_cast<const char*>(weight.data) + static_cast<std::size_t>(first) * row_bytes;
    if (out_in) {
      packer.put_outputs(first, n, rows);
    } else {
      packer.put_inputs(first, n, rows);
    }
  };
  const int n_pieces = (n_rows + LinearPacker::kPieceRows - 1) / LinearPacker::kPieceRows;
  if (pool) {
    pool->parallel_for(n_pieces, pack);
  } else {
    for (int piece = 0; piece < n_pieces; ++piece) pack(piece);
  }
  *this = packer.finish(bias);
}

PackedLinear::PackedLinear(std::shared_ptr<const WeightSource> source, int n_out, int n_in,
                           WeightStorage storage, const float* bias)
    : packed_(std::make_shared<PackedWeights>()) {
  packed_->n_in = n_in;
  packed_->n_out = n_out;
  packed_->n_panels = (n_out + kWidth - 1) / kWidth;
  packed_->storage = storage;
  packed_->source = std::move(source);
  packed_->bias = AlignedBuffer(static_cast<std::size_t>(packed_->n_panels) * kWidth);
  std::fill_n(packed_->bias.data(), packed_->bias.size(), 0.0f);
  if (bias) std::copy_n(bias, n_out, packed_->bias.data());
}

bool PackedLinear::pack(ThreadPool& pool, const std::stop_token& stop) const {
  if (!packed_ || packed_->in_memory.load(std::memory_order_acquire)) return true;
  const std::lock_guard lock(packed_->packing);
  if (packed_->in_memory.load(std::memory_order_relaxed)) return true;
  const std::size_t n_bytes = packed_->panel_bytes();
  AlignedBuffer panels(n_bytes / sizeof(float) * static_cast<std::size_t>(packed_->n_panels));
  if (packed_->source->fills_whole()) {
    packed_->source->fill_whole(panels.data(), pool, stop);
  } else {
    pool.parallel_for(packed_->n_panels, [&](int panel) {
      if (stop.stop_requested()) return;
      auto* out = reinterpret_cast<char*>(panels.data()) + static_cast<std::size_t>(panel) * n_bytes;
      packed_->source->fill_panel(panel, out);
    });
  }
  if (stop.stop_requested()) return false;
  packed_->panels = std::move(panels);
  packed_->in_memory.store(packed_->panels.data(), std::memory_order_release);
  packed_->source->let_go();
  return true;
}

int PackedLinear::n_in() const {
  return packed_ ? packed_->n_in : 0;
}
int PackedLinear::n_out() const {
  return packed_ ? packed_->n_out : 0;
}

WeightStorage PackedLinear::storage() const {
  return packed_ ? packed_->storage : WeightStorage::F32;
}

void PackedLinear::apply(const float* x, int x_stride, int n_rows, float* y, int y_stride, ThreadPool& pool,
                         const Options& options) const {
  assert(packed_ && n_rows >= 0);
  const int n_out = options.n_out < 0 ? packed_->n_out : options.n_out;
  assert(n_out <= packed_->n_out);
  const int n_panels = (n_out + kWidth - 1) / kWidth;
  const int n_in = packed_->n_in;

  const void* panels = packed_->in_memory.load(std::memory_order_acquire);
  if (!panels && packed_->n_uses.fetch_add(1) + 1 >= kUsesUntilKept) {
    pack(pool);
    panels = packed_->in_memory.load(std::memory_order_acquire);
  }

  const std::size_t panel_bytes = packed_->panel_bytes();
  if (!panels && packed_->source->fills_whole()) {
    thread_local AlignedBuffer whole;
    void* all = scratch_of(whole, panel_bytes * static_cast<std::size_t>(packed_->n_panels));
    packed_->source->fill_whole(all, pool, {});
    panels = all;
  }

  // Units of work: some panels times some rows.
  const int n_row_blocks = (n_rows + kRowBlock - 1) / kRowBlock;
  const double weights = static_cast<double>(n_in) * kWidth;
  const double panel_us =
      std::max(weights / kWeightsPerUs, weights * std::min(n_rows, kRowBlock) / kMultipliesPerUs);
  const int most_panels = (n_panels + pool.n_threads() - 1) / pool.n_threads();
  const int panels_a_unit = std::clamp(static_cast<int>(kUnitUs / panel_us) + 1, 1, std::max(1, most_panels));
  const int units_a_block = (n_panels + panels_a_unit - 1) / panels_a_unit;

  const auto run_panels = [&](const void* from, int first_panel, int last_panel, int first_row,
                              int last_row) {
    kernels::LinearTask task;
    task.x = x + static_cast<std::ptrdiff_t>(first_row) * x_stride;
    task.x_stride = x_stride;
    task.n_rows = last_row - first_row;
    task.n_in = n_in;
    task.panels = from;
    task.storage = packed_->storage;
    task.bias = packed_->bias.data() + first_panel * kWidth;
    task.n_panels = last_panel - first_panel;
    task.y = y + static_cast<std::ptrdiff_t>(first_row) * y_stride + first_panel * kWidth;
    task.y_stride = y_stride;
    task.n_out = std::min(n_out, last_panel * kWidth) - first_panel * kWidth;
    task.accumulate = options.accumulate;
    task.activation = options.activation;
    if (options.multiplier == Multiplier::OneDnn && multiply_by_onednn(task)) return;
    kernels::table().linear(task);
  };
  const auto run_unit = [&](int first_panel, int last_panel, int first_row, int last_row) {
    if (panels) {
      const void* from =
          static_cast<const char*>(panels) + static_cast<std::size_t>(first_panel) * panel_bytes;
      run_panels(from, first_panel, last_panel, first_row, last_row);
      return;
    }
    for (int panel = first_panel; panel < last_panel; ++panel) {
      thread_local AlignedBuffer one;
      void* scratch = scratch_of(one, panel_bytes);
      packed_->source->fill_panel(panel, scratch);
      run_panels(scratch, panel, panel + 1, first_row, last_row);
    }
  };
  if (panel_us * n_panels * n_row_blocks <= kUnitUs) {
    for (int row = 0; row < n_rows; row += kRowBlock) {
      run_unit(0, n_panels, row, std::min(n_rows, row + kRowBlock));
    }
    return;
  }
  pool.parallel_for(n_row_blocks * units_a_block, [&](int unit) {
    const int first_panel = unit % units_a_block * panels_a_unit;
    const int first_row = unit / units_a_block * kRowBlock;
    run_unit(first_panel, std::min(n_panels, first_panel + panels_a_unit), first_row,
             std::min(n_rows, first_row + kRowBlock));
  });
}

}  // namespace headscope
