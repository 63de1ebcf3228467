#pragma once

#include <memory>
#include <stop_token>
#include <utility>

#include "core/activation_kind.h"
#include "core/types.h"
#include "core/weight_storage.h"

namespace headscope {

class ThreadPool;
class WeightSource;
struct PackedWeights;

/// How a checkpoint stores the weight of a linear layer.
enum class WeightLayout {
  OutIn,  ///< [n_out, n_in], as torch.nn.Linear
  InOut,  ///< [n_in, n_out], as GPT-2's Conv1D
};

/// Who multiplies. The kernels are the faster ones at every number of rows (tests/benchmarks/core_bench.cpp),
/// so they are the rule; oneDNN works on the same packed weights, for comparison and as a check of both.
enum class Multiplier {
  Kernels,
  OneDnn,  ///< falls back to the kernels where oneDNN has no fast code for the packed layout
};

/// Kernels, unless the environment variable HEADSCOPE_MULTIPLIER says onednn.
Multiplier default_multiplier();

/// The numbers of a weight where a checkpoint has them, not owned.
struct WeightView {
  const void* data = nullptr;
  WeightStorage storage = WeightStorage::F32;
};

/// y = x W^T + b with weights that never change, packed once for the machine it runs on. The packed copy is
/// the only one: the caller may free the weight after construction.
///
/// With a WeightSource, packing waits: a product packs each panel into the cache, multiplies and forgets it,
/// with the same bits as ever. So a large model shows its first numbers before its memory is touched, which
/// on many systems takes longer than the product. The third product, or `pack`, keeps the panels.
///
/// Immutable to look at and safe to use from several threads at once. Cheap to move, copies share the packed
/// weights.
class PackedLinear {
 public:
  PackedLinear() = default;
  /// `weight` holds n_out * n_in floats in `layout`; `bias` holds n_out floats or is null. With a pool its
  /// threads share the packing.
  PackedLinear(const float* weight, int n_out, int n_in, WeightLayout layout, const float* bias = nullptr,
               ThreadPool* pool = nullptr)
      : PackedLinear(WeightView{weight, WeightStorage::F32}, n_out, n_in, layout, bias, pool) {}
  /// The same for weights that stay as narrow as they are: half the memory, and half the time where reading
  /// the weights is what takes the time. The products are those of the widened weights.
  PackedLinear(WeightView weight, int n_out, int n_in, WeightLayout layout, const float* bias = nullptr,
               ThreadPool* pool = nullptr);

  /// What a LinearPacker filled.
  explicit PackedLinear(std::shared_ptr<PackedWeights> packed) : packed_(std::move(packed)) {}

  /// Weights that are read when they are multiplied with.   bias  [n_out] or null
  PackedLinear(std::shared_ptr<const WeightSource> source, int n_out, int n_in, WeightStorage storage,
               const float* bias);
  /// Reads all weights into memory where they are not there yet. False when it was stopped before.
  bool pack(ThreadPool& pool, const std::stop_token& stop = {}) const;

  int n_in() const;
  int n_out() const;
  WeightStorage storage() const;
  bool empty() const { return !packed_; }

  struct Options {
    int n_out = -1;           ///< only the first outputs; -1 for all
    bool accumulate = false;  ///< y += x W^T + b instead of y = …
    /// y = f(x W^T + b): applied while the sums are still in registers. After `accumulate`.
    Activation activation = Activation::None;
    Multiplier multiplier = default_multiplier();
  };
  /// Multiplies rows.
  ///   x   [n_rows, n_in], rows `x_stride` floats apart
  ///   y   [n_rows, n_out or options.n_out], rows `y_stride` floats apart; must not overlap x
  void apply(const float* x, int x_stride, int n_rows, float* y, int y_stride, ThreadPool& pool,
             const Options& options) const;
  void apply(const float* x, int x_stride, int n_rows, float* y, int y_stride, ThreadPool& pool) const {
    apply(x, x_stride, n_rows, y, y_stride, pool, Options{});
  }

 private:
  std::shared_ptr<PackedWeights> packed_;
};

}  // namespace headscope
