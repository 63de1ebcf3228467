#include "core/fast_attention.h"

#include <cassert>
#include <limits>
#include <vector>

#include "core/softmax.h"
#include "core/types.h"

namespace headscope {
namespace {

using Strided = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
using MutableStrided = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;

}  // namespace

void attend_head(const HeadJob& job) {
  const Strided key(job.key, job.n_key, job.head_dim, Eigen::OuterStride<>(job.key_stride));
  const int value_dim = job.value_dim ? job.value_dim : job.head_dim;
  std::vector<float> own(static_cast<std::size_t>(job.n_key));
  for (int query = 0; query < job.n_query; ++query) {
    const KeyRange range = job.ranges ? job.ranges[query] : KeyRange{0, job.n_key};
    float* row = job.weights ? job.weights + query * job.weights_stride : own.data();
    if (!job.outside_is_zero || !job.weights) {
      std::fill(row, row + range.first, 0.0f);
      std::fill(row + range.last, row + job.n_key, 0.0f);
    }
    const Eigen::Map<const Vector> q(job.query + query * job.query_stride, job.head_dim);
    Eigen::Map<Vector> seen(row + range.first, range.size());
    seen.noalias() = key.middleRows(range.first, range.size()) * q;
    seen *= job.scale;
    if (job.bias)
      seen += Eigen::Map<const Vector>(job.bias + query * job.bias_stride + range.first, range.size());
    if (job.soft_cap != 0.0f) seen = soft_cap(seen.transpose(), job.soft_cap).transpose();
    const bool* visible = job.visible ? job.visible + query * job.visible_stride : nullptr;
    if (job.scores) {
      float* scores = job.scores + query * job.scores_stride;
      for (int k = 0; k < job.n_key; ++k) {
        const bool hidden = k < range.first || k >= range.last || (visible && !visible[k]);
        scores[k] = hidden ? -std::numeric_limits<float>::infinity() : row[k];
      }
    }
    const std::span<float> span(row + range.first, static_cast<std::size_t>(range.size()));
    softmax_row(span, visible ? visible + range.first : nullptr, span);
    if (!job.z) continue;
    const Strided value(job.value, job.n_key, value_dim, Eigen::OuterStride<>(job.value_stride));
    Eigen::Map<Vector> z(job.z + query * job.z_stride, value_dim);
    z.noalias() = value.middleRows(range.first, range.size()).transpose() * seen;
  }
}

}  // namespace headscope
