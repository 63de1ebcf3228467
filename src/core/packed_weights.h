#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "core/aligned_buffer.h"
#include "core/kernels/kernels.h"
#include "core/weight_source.h"
#include "core/weight_storage.h"

/// What `linear.cpp` multiplies with and `linear_packer.cpp` fills; nobody else includes it.
namespace headscope {

struct PackedWeights {
  std::size_t panel_bytes() const {
    return static_cast<std::size_t>(n_in) * kernels::kPanelWidth * bytes_of(storage);
  }

  int n_in = 0, n_out = 0;
  int n_panels = 0;
  WeightStorage storage = WeightStorage::F32;
  /// [n_panels, n_in, kPanelWidth] of what `storage` says; columns beyond n_out are zeros
  AlignedBuffer panels;
  AlignedBuffer bias;  ///< [n_panels * kPanelWidth], zeros when the layer has none

  std::shared_ptr<const WeightSource> source;   ///< of the panels, while they are not in memory
  std::atomic<const void*> in_memory{nullptr};  ///< `panels`, once they are filled
  std::atomic<int> n_uses{0};                   ///< products from the source
  std::mutex packing;
};

}  // namespace headscope
