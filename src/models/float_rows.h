#pragma once

#include "core/types.h"
#include "trace/float_buffer.h"

namespace headscope {

/// A matrix of activations in a recycled buffer. [n_rows, width], not initialised. Rows are `stride` floats
/// apart, a whole number of cache lines: vector code rounds alike in every row, so a row does not depend on
/// where it stands.
struct FloatRows {
  FloatRows(int rows, int columns)
      : n_rows(rows),
        width(columns),
        stride((columns + 15) / 16 * 16),
        buffer(static_cast<std::size_t>(rows) * static_cast<std::size_t>(stride)) {}

  float* row(int i) { return buffer.data() + static_cast<std::ptrdiff_t>(i) * stride; }
  const float* row(int i) const { return buffer.data() + static_cast<std::ptrdiff_t>(i) * stride; }
  /// [n_rows, width], copied.
  Matrix matrix() const {
    return Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>(buffer.data(), n_rows, width,
                                                             Eigen::OuterStride<>(stride));
  }

  int n_rows = 0, width = 0, stride = 0;
  FloatBuffer buffer;
};

}  // namespace headscope
