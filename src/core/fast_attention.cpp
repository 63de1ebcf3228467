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

KeyRange range_of(const HeadJob& job, int query) {
  return job.ranges ? job.ranges[query] : KeyRange{0, job.n_key};
}

/// The weights of one row over its range, by the exact rules of softmax_row; writes scores when asked for.
std::vector<float> weights_exactly(const HeadJob& job, int query) {
  const KeyRange range = range_of(job, query);
  const bool* visible = job.visible ? job.visible + query * job.visible_stride + range.first : nullptr;
  std::vector<float> row(static_cast<std::size_t>(range.size()));
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
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (!visible || visible[i]) out[static_cast<std::size_t>(range.first) + i] = row[i];
    }
  }
  softmax_row(row, visible, row);
  return row;
}

/// z of one row; a key of weight 0 was not looked at, although 0 * inf is NaN.
void mix_exactly(const HeadJob& job, int query, const float* weights) {
  const KeyRange range = range_of(job, query);
  const int value_dim = job.value_dim ? job.value_dim : job.head_dim;
  float* z = job.z + query * job.z_stride;
  std::fill(z, z + value_dim, 0.0f);
  for (int key = range.first; key < range.last; ++key) {
    const float weight = weights[key - range.first];
    if (weight == 0.0f) continue;
    const float* value = job.value + key * job.value_stride;
    for (int d = 0; d < value_dim; ++d) z[d] += weight * value[d];
  }
}

/// One row that a kernel left out.
void attend_row_exactly(const HeadJob& job, int query, unsigned char corner) {
  float* out = job.weights ? job.weights + query * job.weights_stride : nullptr;
  const KeyRange range = range_of(job, query);
  if (corner == kernels::kCornerMix && out) return mix_exactly(job, query, out + range.first);

  const std::vector<float> row = weights_exactly(job, query);
  if (out) {
    std::fill(out, out + job.n_key, 0.0f);
    std::copy(row.begin(), row.end(), out + range.first);
  }
  if (job.z) mix_exactly(job, query, row.data());
}

}  // namespace

void attend_head(const HeadJob& job) {
  kernels::attend_head(kernels::table(), job);
}

void kernels::attend_head(const Table& kernel, const HeadJob& job) {
  assert(job.weights || job.z || job.scores);
  if (job.n_query <= 0) return;
  // Each thread keeps its scratch memory: heads follow each other with the same sizes.
  thread_local AlignedBuffer scratch;
  thread_local std::vector<unsigned char> corner;

  const std::size_t n_scratch = kernel.attention_scratch(job);
  if (scratch.size() < n_scratch) scratch = AlignedBuffer(n_scratch);
  corner.assign(static_cast<std::size_t>(job.n_query), 0);
  if (kernel.attend(job, scratch.data(), corner.data()) == 0) return;
  for (int query = 0; query < job.n_query; ++query) {
    const unsigned char why = corner[static_cast<std::size_t>(query)];
    if (why) attend_row_exactly(job, query, why);
  }
}

}  // namespace headscope
