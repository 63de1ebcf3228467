#include "core/linear.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "core/aligned_buffer.h"
#include "core/kernels/kernels.h"
#include "core/onednn_product.h"
#include "core/thread_pool.h"

namespace headscope {
namespace {

constexpr int kWidth = kernels::kPanelWidth;

/// Rows of one unit of work: their inputs stay in the second-level cache while panel after panel passes by.
constexpr int kRowBlock = 256;

/// Panels that one thread packs at a time.
constexpr int kPanelsAChunk = 16;

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

struct PackedLinear::Packed {
  int n_in = 0, n_out = 0;
  int n_panels = 0;
  WeightStorage storage = WeightStorage::F32;
  AlignedBuffer panels;  // [n_panels, n_in, kWidth] of what `storage` says, columns beyond n_out are zeros
  AlignedBuffer bias;    // [n_panels * kWidth], zeros when the layer has none
};

namespace {

/// With a pool its threads share the work, some panels at a time, so that they seldom meet in one large page
/// of fresh memory.
template <class Element>
void pack_panels(const Element* weight, int n_out, int n_in, WeightLayout layout, Element* panels,
                 ThreadPool* pool) {
  using Elements = Eigen::Matrix<Element, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto pack = [&](int first) {
    Eigen::Map<Elements> panel(panels + static_cast<std::ptrdiff_t>(first) * n_in, n_in, kWidth);
    const int n = std::min(kWidth, n_out - first);
    if (layout == WeightLayout::InOut) {
      panel.leftCols(n) = Eigen::Map<const Elements>(weight, n_in, n_out).middleCols(first, n);
    } else {
      panel.leftCols(n) = Eigen::Map<const Elements>(weight, n_out, n_in).middleRows(first, n).transpose();
    }
    panel.rightCols(kWidth - n).setZero();
  };
  constexpr int kChunk = kPanelsAChunk * kWidth;
  const auto pack_chunk = [&](int chunk) {
    const int last = std::min(n_out, (chunk + 1) * kChunk);
    for (int first = chunk * kChunk; first < last; first += kWidth) pack(first);
  };
  const int n_chunks = (n_out + kChunk - 1) / kChunk;
  if (pool) {
    pool->parallel_for(n_chunks, pack_chunk);
  } else {
    for (int chunk = 0; chunk < n_chunks; ++chunk) pack_chunk(chunk);
  }
}

}  // namespace

PackedLinear::PackedLinear(WeightView weight, int n_out, int n_in, WeightLayout layout, const float* bias,
                           ThreadPool* pool) {
  auto packed = std::make_shared<Packed>();
  packed->n_in = n_in;
  packed->n_out = n_out;
  packed->n_panels = (n_out + kWidth - 1) / kWidth;
  packed->storage = weight.storage;
  const std::size_t bytes =
      static_cast<std::size_t>(packed->n_panels) * n_in * kWidth * bytes_of(weight.storage);
  packed->panels = AlignedBuffer(bytes / sizeof(float));
  packed->bias = AlignedBuffer(static_cast<std::size_t>(packed->n_panels) * kWidth);
  if (weight.storage == WeightStorage::F32) {
    pack_panels(static_cast<const float*>(weight.data), n_out, n_in, layout, packed->panels.data(), pool);
  } else {
    // Two bytes are two bytes, whatever they stand for. The buffer holds no floats yet.
    pack_panels(static_cast<const std::uint16_t*>(weight.data), n_out, n_in, layout,
                reinterpret_cast<std::uint16_t*>(packed->panels.data()), pool);
  }
  std::fill_n(packed->bias.data(), packed->bias.size(), 0.0f);
  if (bias) std::copy_n(bias, n_out, packed->bias.data());
  packed_ = std::move(packed);
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
