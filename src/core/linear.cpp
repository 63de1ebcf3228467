#include "core/linear.h"

#include <algorithm>
#include <cassert>

#include "core/thread_pool.h"

namespace headscope {

struct PackedLinear::Packed {
  Matrix weight;  // [n_in, n_out]
  Vector bias;    // [n_out], zeros when the layer has none
};

PackedLinear::PackedLinear(const float* weight, int n_out, int n_in, WeightLayout layout, const float* bias) {
  auto packed = std::make_shared<Packed>();
  if (layout == WeightLayout::InOut) {
    packed->weight = Eigen::Map<const Matrix>(weight, n_in, n_out);
  } else {
    packed->weight = Eigen::Map<const Matrix>(weight, n_out, n_in).transpose();
  }
  packed->bias = bias ? Vector(Eigen::Map<const Vector>(bias, n_out)) : Vector::Zero(n_out);
  packed_ = std::move(packed);
}

int PackedLinear::n_in() const {
  return packed_ ? static_cast<int>(packed_->weight.rows()) : 0;
}
int PackedLinear::n_out() const {
  return packed_ ? static_cast<int>(packed_->weight.cols()) : 0;
}

void PackedLinear::apply(const float* x, int x_stride, int n_rows, float* y, int y_stride, ThreadPool& pool,
                         const Options& options) const {
  const int n_used = options.n_out < 0 ? n_out() : options.n_out;
  assert(n_used <= n_out());
  const Eigen::Map<const Matrix, 0, Eigen::OuterStride<>> input(x, n_rows, n_in(),
                                                                Eigen::OuterStride<>(x_stride));
  constexpr int kColumns = 192;
  pool.parallel_for((n_used + kColumns - 1) / kColumns, [&](int chunk) {
    const int first = chunk * kColumns;
    const int n = std::min(kColumns, n_used - first);
    Eigen::Map<Matrix, 0, Eigen::OuterStride<>> output(y + first, n_rows, n, Eigen::OuterStride<>(y_stride));
    const auto bias = packed_->bias.segment(first, n).transpose();
    if (options.accumulate) {
      output.rowwise() += bias;
    } else {
      output.rowwise() = bias;
    }
    output.noalias() += input * packed_->weight.middleCols(first, n);
  });
}

}  // namespace headscope
