#pragma once

namespace headscope {

/// How weights of linear layers are kept in memory. Sums are float32 in any case.
enum class WeightPrecision {
  Stored,  ///< F32, F16 or BF16, as the file has them
  Half,    ///< F32 rounded to F16: half the memory; numbers beyond its range leave their layer as it is
};

/// How a checkpoint is loaded.
struct LoadOptions {
  WeightPrecision precision = WeightPrecision::Stored;
};

}  // namespace headscope
