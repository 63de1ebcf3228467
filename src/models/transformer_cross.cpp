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

/// Keys and values of the memory, sorted by head; null when the pass was stopped.
std::shared_ptr<const CrossKeys> Transformer::cross_keys(const Pass& pass, int layer) const {
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  const HeadShape shape = config_.heads();
  const Matrix& memory = *pass.request.memory;
  const int n_key = static_cast<int>(memory.rows()), d = shape.head_dim;
  assert(memory.cols() == params.cross_key_value.n_in());
  FloatRows both(n_key, 2 * shape.kv_width());
  if (!apply(params.cross_key_value, memory.data(), static_cast<int>(memory.cols()), n_key, both.row(0),
             both.stride, {}, pass.request.stop)) {
    return nullptr;
  }
  auto keys = std::make_shared<CrossKeys>();
  keys->n_key = n_key;
  const auto size = static_cast<std::size_t>(n_key) * static_cast<std::size_t>(shape.kv_width());
  keys->key = FloatBuffer(size);
  keys->value = FloatBuffer(size);
  for (int head = 0; head < shape.n_kv_heads; ++head) {
    for (int key = 0; key < n_key; ++key) {
      const std::ptrdiff_t to = (static_cast<std::ptrdiff_t>(head) * n_key + key) * d;
      const float* from = both.row(key) + static_cast<std::ptrdiff_t>(head) * d;
      std::copy_n(from, d, keys->key.data() + to);
      std::copy_n(from + shape.kv_width(), d, keys->value.data() + to);
    }
  }
  return keys;
}

bool Transformer::project_cross(Pass& pass, int layer) {
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  const HeadShape shape = config_.heads();
  // 1. Whom the queries look at: the memory does not change while the decoder writes.
  if (pass.first > 0) {
    pass.cross = with_first_rows(shape, *pass.request.known_cross[static_cast<std::size_t>(layer)],
                                 pass.first, pass.n_tokens);
  } else {
    pass.cross = std::make_shared<CrossRows>();
    pass.cross->n_query = pass.n;
    pass.cross->n_key = static_cast<int>(pass.request.memory->rows());
    pass.cross->keys = cross_keys(pass, layer);
    if (!pass.cross->keys) return false;
    const auto n_query = static_cast<std::size_t>(pass.n);
    pass.cross->query = FloatBuffer(n_query * static_cast<std::size_t>(shape.query_width()));
    if (pass.request.keep_weights) {
      pass.cross->weights = FloatBuffer(static_cast<std::size_t>(shape.n_heads) * n_query *
                                        static_cast<std::size_t>(pass.cross->n_key));
    }
  }

  // 2. Queries from the stream.
  const bool post = config_.norm_placement == NormPlacement::Post;
  if (!post) normalize(params.cross_norm, pass.stream, pass.normed);
  const FloatRows& input = post ? pass.stream : pass.normed;
  const int width = shape.query_width();
  float* query = pass.cross->query.data() + static_cast<std::ptrdiff_t>(pass.first) * width;
  if (!apply(params.cross_query, input.row(0), input.stride, pass.n, query, width, {}, pass.request.stop))
    return false;
  if (config_.query_scale != 1.0f) Eigen::Map<Matrix>(query, pass.n, width) *= config_.query_scale;
  return true;
}

bool Transformer::attend_cross(Pass& pass, bool mix) {
  const HeadShape shape = config_.heads();
  CrossRows& rows = *pass.cross;
  assert(pass.request.keep_weights == !rows.weights.empty());
  if (rows.weights.empty() && !mix) return !pass.stopped();
  const std::size_t cells = static_cast<std::size_t>(rows.n_query) * static_cast<std::size_t>(rows.n_key);
  const ScoreRule rule = cross_rule(pass.request.real_memory);
  const int n_chunks = (pass.n + kQueriesAtATime - 1) / kQueriesAtATime;
  pool_->parallel_for(n_chunks * shape.n_heads, [&](int index) {
    if (pass.stopped()) return;
    const int head = index % shape.n_heads, row = index / shape.n_heads * kQueriesAtATime;
    const int first = pass.first + row, n = std::min(kQueriesAtATime, pass.n - row);
    HeadJob job = cross_job(shape, rule, rows, head, first, n);
    if (!rows.weights.empty()) {
      job.weights = rows.weights.data() + static_cast<std::size_t>(head) * cells +
                    static_cast<std::ptrdiff_t>(first) * rows.n_key;
      job.weights_stride = rows.n_key;
    }
    if (mix) {
      job.z = pass.z.row(row) + static_cast<std::ptrdiff_t>(head) * shape.head_dim;
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
