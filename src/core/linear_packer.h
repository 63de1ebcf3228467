#pragma once

#include <memory>

#include "core/linear.h"

namespace headscope {

/// Weights on their way into a PackedLinear: they come in pieces, in any order, as a checkpoint stores them,
/// so that each piece is packed from the buffer it was read into. Every weight must be put once.
///
/// Thread-safety: pieces that do not overlap may be put from several threads at once. Memory is shared least
/// where pieces begin at multiples of kPieceRows outputs.
class LinearPacker {
 public:
  static constexpr int kPieceRows = 32;

  /// With a pool its threads make the memory ready.
  LinearPacker(int n_out, int n_in, WeightStorage storage, ThreadPool* pool = nullptr);

  /// Outputs [first, first + n).   weights [n, n_in] of what the storage says, as WeightLayout::OutIn
  void put_outputs(int first, int n, const void* weights);
  /// Inputs [first, first + n).   weights [n, n_out], as WeightLayout::InOut
  void put_inputs(int first, int n, const void* weights);

  /// What was put is the layer's. Nothing may be put afterwards.
  ///   bias  [n_out] or null
  PackedLinear finish(const float* bias);

 private:
  std::shared_ptr<PackedWeights> packed_;
};

}  // namespace headscope
