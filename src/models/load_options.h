#pragma once

#include <functional>
#include <stop_token>

namespace headscope {

/// How weights of linear layers are kept in memory. Sums are float32 in any case.
enum class WeightPrecision {
  Stored,  ///< F32, F16 or BF16, as the file has them
  Half,    ///< F32 rounded to F16: half the memory; numbers beyond its range leave their layer as it is
};

/// When the weights of a checkpoint are read. Its names, types and shapes are checked when it is opened in
/// either case.
enum class WeightReading {
  Now,     ///< and looked through for numbers that are not finite, before a model is there
  AsUsed,  ///< by the passes that need them; a fault is the error of that pass. Numbers are the same bits.
};

/// How a checkpoint is loaded, watched, and given up early.
struct LoadOptions {
  WeightPrecision precision = WeightPrecision::Stored;
  WeightReading reading = WeightReading::Now;
  std::stop_token stop = {};
  /// Called on the loading thread as tensors become parameters; the share of the bytes that are done, in [0,
  /// 1], never falling. Must not block.
  std::function<void(float progress)> on_progress = {};
};

}  // namespace headscope
