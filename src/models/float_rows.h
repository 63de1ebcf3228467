#pragma once

#include "core/types.h"
#include "trace/float_buffer.h"

namespace headscope {

/// A matrix of activations in a recycled buffer. [n_rows, width], not initialised.
struct FloatRows {
  FloatRows(int rows, int columns)
      : buffer(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns)),
        n_rows(rows),
        width(columns) {}

  float* row(int i) { return buffer.data() + static_cast<std::ptrdiff_t>(i) * width; }
  const float* row(int i) const { return buffer.data() + static_cast<std::ptrdiff_t>(i) * width; }
  Matrix matrix() const { return Eigen::Map<const Matrix>(buffer.data(), n_rows, width); }

  FloatBuffer buffer;
  int n_rows = 0, width = 0;
};

}  // namespace headscope
