#pragma once

#include <filesystem>

#include "base/result.h"
#include "training/trainer.h"

namespace headscope {

/// Seconds of training: on the clock, and of processors, which other programs on the machine do not stretch.
struct TrainingTime {
  double elapsed = 0, processor = 0;
};

/// What a checkpoint knows besides the state.
struct CheckpointHead {
  std::uint64_t recipe_fingerprint = 0;  ///< of the recipe and the vocabulary
  TrainingTime time;                     ///< spent so far, over all runs
};

/// Writes the state as one safetensors file (float32), whole or not at all. Errors: Io.
Status save_checkpoint(const std::filesystem::path& path, TrainingState& state, const CheckpointHead& info);

/// Reads it into `state`, whose shape says what is expected.
/// Errors: as SafetensorsFile::open; InvalidArgument when it belongs to another recipe; Corrupt.
Result<CheckpointHead> load_checkpoint(const std::filesystem::path& path, std::uint64_t recipe_fingerprint,
                                       TrainingState& state);

}  // namespace headscope
