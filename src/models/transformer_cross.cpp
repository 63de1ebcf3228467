// Cross-attention: a decoder's queries look at what the encoder made of the source.
#include <cassert>

#include "models/transformer_pass.h"

namespace headscope {
namespace {

constexpr int kQueriesAtATime = 64;

}  // namespace

ScoreRule Transformer::cross_rule(std::shared_ptr<const BoolMatrix> real_memory) const {
  ScoreRule rule{config_.score_scale, config_.score_soft_cap, false, 0};
  rule.real_keys = std::move(real_memory);
  return rule;
}

bool Transformer::project_cross(Pass& pass, int layer) {
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  const HeadShape shape = config_.heads();
  const Matrix& memory = *pass.request.memory;
  const int n_key = static_cast<int>(memory.rows()), d = shape.head_dim;
  assert(memory.cols() == params.cross_key_value.n_in());
  pass.cross = std::make_shared<CrossRows>();
  pass.cross->n_query = pass.n;
  pass.cross->n_key = n_key;

  // 1. Queries from the stream.
  const bool post = config_.norm_placement == NormPlacement::Post;
  if (!post) normalize(params.cross_norm, pass.stream, pass.normed);
  const FloatRows& input = post ? pass.stream : pass.normed;
  const int width = shape.query_width();
  pass.cross->query = FloatBuffer(static_cast<std::size_t>(pass.n) * static_cast<std::size_t>(width));
  if (!apply(params.cross_query, input.row(0), input.stride, pass.n, pass.cross->query.data(), width, {},
             pass.request.stop)) {
    return false;
  }
  if (config_.query_scale != 1.0f) {
    Eigen::Map<Matrix>(pass.cross->query.data(), pass.n, width) *= config_.query_scale;
  }

  // 2. Keys and values from the memory, sorted by head.
  FloatRows both(n_key, 2 * shape.kv_width());
  if (!apply(params.cross_key_value, memory.data(), static_cast<int>(memory.cols()), n_key, both.row(0),
             both.stride, {}, pass.request.stop)) {
    return false;
  }
  const auto size = static_cast<std::size_t>(n_key) * static_cast<std::size_t>(shape.kv_width());
  pass.cross->key = FloatBuffer(size);
  pass.cross->value = FloatBuffer(size);
  for (int head = 0; head < shape.n_kv_heads; ++head) {
    for (int key = 0; key < n_key; ++key) {
      const std::ptrdiff_t to = (static_cast<std::ptrdiff_t>(head) * n_key + key) * d;
      const float* from = both.row(key) + static_cast<std::ptrdiff_t>(head) * d;
      std::copy_n(from, d, pass.cross->key.data() + to);
      std::copy_n(from + shape.kv_width(), d, pass.cross->value.data() + to);
    }
  }
  return true;
}

bool Transformer::attend_cross(Pass& pass, bool mix) {
  const HeadShape shape = config_.heads();
  CrossRows& rows = *pass.cross;
  const std::size_t cells = static_cast<std::size_t>(rows.n_query) * static_cast<std::size_t>(rows.n_key);
  if (pass.request.keep_weights) {
    rows.weights = FloatBuffer(static_cast<std::size_t>(shape.n_heads) * cells);
  } else if (!mix) {
    return !pass.stopped();
  }
  const ScoreRule rule = cross_rule(pass.request.real_memory);
  const int n_chunks = (rows.n_query + kQueriesAtATime - 1) / kQueriesAtATime;
  pool_->parallel_for(n_chunks * shape.n_heads, [&](int index) {
    if (pass.stopped()) return;
    const int head = index % shape.n_heads, first = index / shape.n_heads * kQueriesAtATime;
    const int n = std::min(kQueriesAtATime, rows.n_query - first);
    HeadJob job = cross_job(shape, rule, rows, head, first, n);
    if (!rows.weights.empty()) {
      job.weights = rows.weights.data() + static_cast<std::size_t>(head) * cells +
                    static_cast<std::ptrdiff_t>(first) * rows.n_key;
      job.weights_stride = rows.n_key;
    }
    if (mix) {
      job.z = pass.z.row(first) + static_cast<std::ptrdiff_t>(head) * shape.head_dim;
      job.z_stride = pass.z.stride;
    }
    attend_head(job);
  });
  return !pass.stopped();
}

bool Transformer::add_cross(Pass& pass, int layer) {
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  assert(config_.norm_placement != NormPlacement::Sandwich && !config_.parallel_residual);
  PackedLinear::Options options;
  options.accumulate = true;
  if (!apply(params.cross_output, pass.z.row(0), pass.z.stride, pass.n, pass.stream.row(0),
             pass.stream.stride, options, pass.request.stop)) {
    return false;
  }
  if (config_.norm_placement == NormPlacement::Post) normalize(params.cross_norm, pass.stream, pass.stream);
  return true;
}

}  // namespace headscope
