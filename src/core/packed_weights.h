#pragma once

#include "core/aligned_buffer.h"
#include "core/kernels/kernels.h"
#include "core/weight_storage.h"

/// What `linear.cpp` multiplies with and `linear_packer.cpp` fills; nobody else includes it.
namespace headscope {

struct PackedWeights {
  int n_in = 0, n_out = 0;
  int n_panels = 0;
  WeightStorage storage = WeightStorage::F32;
  /// [n_panels, n_in, kPanelWidth] of what `storage` says; columns beyond n_out are zeros
  AlignedBuffer panels;
  AlignedBuffer bias;  ///< [n_panels * kPanelWidth], zeros when the layer has none
};

}  // namespace headscope
