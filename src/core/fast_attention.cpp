#include "core/fast_attention.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <vector>

#include "core/aligned_buffer.h"
#include "core/kernels/kernels.h"
#include "core/softmax.h"
#include "core/types.h"

namespace headscope {
namespace {

/// One row by the exact rules of softmax_row, for the rows that the kernels leave out.
void attend_row_exactly(const HeadJob& job, int query) {
  const KeyRange range = job.ranges ? job.ranges[query] : KeyRange{0, job.n_key};
  const auto n_seen = static_cast<std::size_t>(range.size());
  const bool* visible = job.visible ? job.visible + query * job.visible_stride + range.first : nullptr;

  std::vector<float> row(n_seen);
  for (int key = range.first; key < range.last; ++key) {
    float score = 0.0f;
    for (int d = 0; d < job.head_dim; ++d) {
      score += job.query[query * job.query_stride + d] * job.key[key * job.key_stride + d];
    }
    score *= job.scale;
    if (job.bias) score += job.bias[query * job.bias_stride + key];
    row[static_cast<std::size_t>(key - range.first)] = soft_cap(score, job.soft_cap);
  }

  if (job.scores) {
    float* out = job.scores + query * job.scores_stride;
    std::fill(out, out + job.n_key, -std::numeric_limits<float>::infinity());
    for (std::size_t i = 0; i < n_seen; ++i) {
      if (!visible || visible[i]) out[static_cast<std::size_t>(range.first) + i] = row[i];
    }
  }

  softmax_row(row, visible, row);
  if (job.weights) {
    float* out = job.weights + query * job.weights_stride;
    std::fill(out, out + job.n_key, 0.0f);
    std::copy(row.begin(), row.end(), out + range.first);
  }
  if (job.z) {
    const int value_dim = job.value_dim ? job.value_dim : job.head_dim;
    float* z = job.z + query * job.z_stride;
    std::fill(z, z + value_dim, 0.0f);
    for (std::size_t i = 0; i < n_seen; ++i) {
      if (row[i] == 0.0f) continue;  // 0 * inf is NaN, yet this key was not looked at
      const float* value = job.value + (range.first + static_cast<std::ptrdiff_t>(i)) * job.value_stride;
      for (int d = 0; d < value_dim; ++d) z[d] += row[i] * value[d];
    }
  }
}

}  // namespace

void attend_head(const HeadJob& job) {
  if (job.n_query <= 0) return;
  // Each thread keeps its scratch memory: heads follow each other with the same sizes.
  thread_local AlignedBuffer scratch;
  thread_local std::vector<unsigned char> corner;

  const kernels::Table& kernel = kernels::table();
  const std::size_t n_scratch = kernel.attention_scratch(job);
  if (scratch.size() < n_scratch) scratch = AlignedBuffer(n_scratch);
  corner.assign(static_cast<std::size_t>(job.n_query), 0);
  if (kernel.attend(job, scratch.data(), corner.data()) == 0) return;
  for (int query = 0; query < job.n_query; ++query) {
    if (corner[static_cast<std::size_t>(query)]) attend_row_exactly(job, query);
  }
}

}  // namespace headscope
