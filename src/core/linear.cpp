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

  // Units of work: some panels times some rows.
  const int n_row_blocks = (n_rows + kRowBlock - 1) / kRowBlock;
  const double weights = static_cast<double>(n_in) * kWidth;
  const double panel_us =
      std::max(weights / kWeightsPerUs, weights * std::min(n_rows, kRowBlock) / kMultipliesPerUs);
  const int most_panels = (n_panels + pool.n_threads() - 1) / pool.n_threads();
  const int panels_a_unit = std::clamp(static_cast<int>(kUnitUs / panel_us) + 1, 1, std::max(1, most_panels));
  const int units_a_block = (n_panels + panels_a_unit - 1) / panels_a_unit;

  const auto run_unit = [&](int first_panel, int last_panel, int first_row, int last_row) {
    kernels::LinearTask task;
    task.x = x + static_cast<std::ptrdiff_t>(first_row) * x_stride;
    task.x_stride = x_stride;
    task.n_rows = last_row - first_row;
    task.n_in = n_in;
    task.panels = reinterpret_cast<const char*>(packed_->panels.data()) +
                  static_cast<std::size_t>(first_panel) * n_in * kWidth * bytes_of(packed_->storage);
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
