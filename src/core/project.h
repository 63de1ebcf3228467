#pragma once

#include <cassert>

#include "core/types.h"

namespace headscope {

/// input W^T + b.
///   input    [n, in]
///   weight   [out, in]
///   bias     [out], or empty for none
///   returns  [n, out]
inline Matrix project(const MatrixView& input, const Matrix& weight, const Vector& bias) {
  assert(input.cols() == weight.cols());
  Matrix output = input * weight.transpose();
  if (bias.size()) output.rowwise() += bias.transpose();
  return output;
}

}  // namespace headscope
