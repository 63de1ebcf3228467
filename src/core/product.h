#pragma once

#include <cstddef>

namespace headscope {

/// c = a · b, or c += a · b, in float: both factors change every time (for weights that stay: `linear.h`).
///   a [n_rows, n_inner], element (i, k) at a[i * a_row + k * a_inner]
///   b [n_inner, n_columns], element (k, j) at b[k * b_inner + j * b_column]; b_inner or b_column is 1
///   c [n_rows, n_columns], element (i, j) at c[i * c_row + j]; overlaps neither a nor b
struct ProductTask {
  const float* a = nullptr;
  std::ptrdiff_t a_row = 0, a_inner = 1;
  const float* b = nullptr;
  std::ptrdiff_t b_inner = 0, b_column = 1;
  float* c = nullptr;
  std::ptrdiff_t c_row = 0;
  int n_rows = 0, n_inner = 0, n_columns = 0;
  bool add = false;
};

/// Runs on the calling thread. An element's sum has a fixed order that depends on n_inner, n_columns and its
/// column alone, so a row has the same bits whether it is computed alone or with others.
void multiply(const ProductTask& task);

}  // namespace headscope
