#pragma once

#include "core/kernels/kernels.h"

namespace headscope {

/// y = f(x W + b) through oneDNN, on the panels that the kernels use: its layout BA16a64b is the same memory.
/// Single-threaded, whatever the environment says, because its OpenMP threads would spin while ours wait.
/// Returns false, with nothing done, when this build, this processor or this shape is not for it.
bool multiply_by_onednn(const kernels::LinearTask& task);

}  // namespace headscope
