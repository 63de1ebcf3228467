#pragma once

#include <vector>

namespace headscope {

/// One level of a matrix that keeps maxima: [rows, cols], row-major.
struct MaxLevel {
  int rows = 0, cols = 0;
  std::vector<float> values;
};

/// The next coarser level, half as many rows and columns (rounded down, at least 1): each value is the
/// maximum of the two by two it stands for; the last row and column also take what is left over, so that no
/// value is ever lost.
///   values  [rows, cols]
MaxLevel halve_keeping_maxima(const float* values, int rows, int cols);

}  // namespace headscope
