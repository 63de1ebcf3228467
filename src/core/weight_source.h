#pragma once

#include <stop_token>

#include "core/weight_storage.h"

namespace headscope {

class ThreadPool;

/// Where the weights of a layer lie while they are not packed in memory: a file, say. Thread-safe.
class WeightSource {
 public:
  virtual ~WeightSource() = default;
  /// Writes one panel: [n_in, 64] of the layer's storage, the weights of outputs 64 panel, 64 panel + 1, …;
  /// zeros beyond the last output. What cannot be read becomes zeros too, and the source remembers that.
  ///   out  on a cache line
  virtual void fill_panel(int panel, void* out) const = 0;
  /// Weights that lie input by input, so that a panel's numbers are far from each other: all panels are
  /// filled at once, [n_panels, n_in, 64], by the threads of the pool, and `fill_panel` is not asked.
  virtual bool fills_whole() const { return false; }
  virtual void fill_whole(void* /*panels*/, ThreadPool& /*pool*/, const std::stop_token& /*stop*/) const {}
  /// All panels are in memory now.
  virtual void let_go() const {}
};

/// Rows of weights become columns of a panel.
///   rows    [n_rows, n_in], aligned as their type wants it
///   column  of the first row, column + n_rows ≤ 64
///   panel   [n_in, 64]
void turn_into_panel(WeightStorage storage, const void* rows, int n_rows, int n_in, int column, void* panel);

/// Weights of inputs [first, first + n) go to their rows of all panels; columns beyond n_out are zeros.
///   weights  [n, n_out], aligned as their type wants it
///   panels   [n_panels, n_in, 64]
void copy_into_panels(WeightStorage storage, const void* weights, int first, int n, int n_in, int n_out,
                      void* panels);

}  // namespace headscope
