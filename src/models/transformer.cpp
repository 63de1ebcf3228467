#include "models/transformer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/activation.h"
#include "core/norm.h"
#include "models/transformer_pass.h"

namespace headscope {
namespace {

/// Query rows whose weights are stored together: the causal triangle is kept in steps of this size.
constexpr int kChunkRows = 64;
/// A product is cut into slabs of about this much work, so that a stop is heard within some milliseconds.
/// Slabs are whole multiples of the rows that the kernels take at a time, so that cutting costs nothing.
constexpr double kSlabFlops = 1e9;
constexpr int kSlabRows = 256;

/// sum += rows.
void add_rows(const FloatRows& rows, FloatRows& sum) {
  for (int row = 0; row < rows.n_rows; ++row) {
    Eigen::Map<Vector>(sum.row(row), sum.width) += Eigen::Map<const Vector>(rows.row(row), rows.width);
  }
}

}  // namespace

Transformer::Transformer(TransformerConfig config, TransformerParams params, std::shared_ptr<ThreadPool> pool)
    : config_(std::move(config)),
      params_(std::move(params)),
      pool_(std::move(pool)),
      cache_(config_.heads(), config_.n_layers) {}

ScoreRule Transformer::score_rule(int layer, std::shared_ptr<const BoolMatrix> real_keys) const {
  return {config_.score_scale,   config_.score_soft_cap, config_.causal,
          config_.window(layer), std::move(real_keys),   distance_bias_};
}

void Transformer::prepare_cache(const ForwardRequest& request) {
  const int n_tokens = request.n_tokens();
  int n_valid = 0;
  while (n_valid < request.first && n_valid < static_cast<int>(cached_ids_.size()) &&
         cached_ids_[static_cast<std::size_t>(n_valid)] == request.ids[static_cast<std::size_t>(n_valid)]) {
    ++n_valid;
  }
  cached_ids_.clear();
  cache_.reserve(n_tokens, n_valid);
  for (int layer = 0; layer < config_.n_layers && n_valid < request.first; ++layer) {
    const auto& known = dynamic_cast<const LayerRecord&>(*request.known[static_cast<std::size_t>(layer)]);
    for (const SharedLayerRows& block : known.first_rows(request.first)) {
      const int from = std::max(n_valid, block.rows->first), n = block.end() - from;
      if (n <= 0) continue;
      const auto offset =
          static_cast<std::ptrdiff_t>(from - block.rows->first) * config_.heads().qkv_stride();
      cache_.store(layer, from, n, block.rows->qkv.data() + offset);
    }
  }
  // From here on the rows before `first` hold; a stopped pass leaves it at that.
  cached_ids_.assign(request.ids.begin(), request.ids.begin() + (request.embedded ? 0 : request.first));
}

void Transformer::prepare_rotary(const ForwardRequest& request) {
  if (config_.position != PositionKind::Rotary) return;
  int n_positions = request.n_tokens();
  for (const int position : request.positions) n_positions = std::max(n_positions, position + 1);
  const int regime = config_.rotary_scaling.regime(n_positions);
  if (regime != rotary_regime_) {
    // Keys that were turned by other angles do not hold for this text.
    cached_ids_.clear();
    rotary_ = {};
  }
  if (n_positions <= rotary_.n_positions()) return;
  const int n_first = n_positions;  // a regime may belong to one length alone
  n_positions =
      std::min(std::max(n_positions, 2 * rotary_.n_positions()), std::max(n_positions, config_.max_tokens));
  rotary_regime_ = regime;
  rotary_ = rotary_table(
      n_positions, scaled_frequencies(config_.n_rotary, config_.rotary_base, config_.rotary_scaling, n_first),
      config_.rotary_pairing, static_cast<float>(config_.rotary_scaling.magnitude));
  if (config_.local_rotary_base > 0) {
    local_rotary_ = rotary_table(
        n_positions, rotary_frequencies(config_.n_rotary, static_cast<float>(config_.local_rotary_base)),
        config_.rotary_pairing);
  }
}

const RotaryTable& Transformer::rotary(int layer) const {
  return config_.local_rotary_base > 0 && config_.window(layer) > 0 ? local_rotary_ : rotary_;
}

void Transformer::normalize(const NormParams& norm, const FloatRows& input, FloatRows& output) const {
  const int d = input.width;
  for_rows(*pool_, input.n_rows, 4.0 * d, [&](int first, int n) {
    if (config_.norm == NormKind::LayerNorm) {
      layer_norm(input.row(first), input.stride, n, d, norm.gain_or_null(), norm.bias_or_null(),
                 config_.norm_epsilon, output.row(first), output.stride);
    } else {
      rms_norm(input.row(first), input.stride, n, d, norm.gain_or_null(), config_.norm_epsilon,
               config_.gain_offset, output.row(first), output.stride);
    }
  });
}

bool Transformer::apply(const PackedLinear& linear, const float* input, int input_stride, int n,
                        float* output, int output_stride, const PackedLinear::Options& options,
                        const std::stop_token& stop) const {
  const double flops_per_row = 2.0 * linear.n_in() * linear.n_out();
  const int n_blocks = static_cast<int>(std::clamp(kSlabFlops / flops_per_row / kSlabRows, 1.0, 1e4));
  const int slab = n_blocks * kSlabRows;
  for (int first = 0; first < n; first += slab) {
    if (stop.stop_requested()) return false;
    linear.apply(input + static_cast<std::ptrdiff_t>(first) * input_stride, input_stride,
                 std::min(slab, n - first), output + static_cast<std::ptrdiff_t>(first) * output_stride,
                 output_stride, *pool_, options);
  }
  return true;
}

void Transformer::finish_row(Pass& pass, int layer, int row) {
  const HeadShape shape = config_.heads();
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  float* qkv = pass.rows->qkv.data() + static_cast<std::ptrdiff_t>(row) * shape.qkv_stride();
  if (config_.qk_norm_across) {
    float* key = qkv + shape.query_width();
    rms_norm(qkv, 0, 1, shape.query_width(), params.query_norm.gain_or_null(), config_.norm_epsilon,
             config_.gain_offset, qkv, 0);
    rms_norm(key, 0, 1, shape.kv_width(), params.key_norm.gain_or_null(), config_.norm_epsilon,
             config_.gain_offset, key, 0);
  }
  for (int head = 0; head < shape.n_heads + shape.n_kv_heads; ++head) {
    float* features = qkv + head * shape.head_dim;
    if (config_.query_scale != 1.0f && head < shape.n_heads) {
      Eigen::Map<Vector>(features, shape.head_dim) *= config_.query_scale;
    }
    if (config_.qk_norm) {
      const NormParams& norm = head < shape.n_heads ? params.query_norm : params.key_norm;
      rms_norm(features, shape.head_dim, 1, shape.head_dim, norm.gain_or_null(), config_.norm_epsilon,
               config_.gain_offset, features, shape.head_dim);
    }
    if (config_.position == PositionKind::Rotary) rotate(rotary(layer), pass.position(row), features);
  }
  cache_.store(layer, pass.first + row, 1, qkv);
}

bool Transformer::project_heads(Pass& pass, int layer) {
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  const int stride = config_.heads().qkv_stride();
  pass.rows = std::make_shared<LayerRows>();
  pass.rows->first = pass.first;
  pass.rows->n = pass.n;
  pass.rows->qkv = FloatBuffer(static_cast<std::size_t>(pass.n) * static_cast<std::size_t>(stride));
  const bool post = !norms_input(config_.norm_placement);
  if (!post) normalize(params.attention_norm, pass.stream, pass.normed);
  const FloatRows& input = post ? pass.stream : pass.normed;
  if (!apply(params.qkv, input.row(0), input.stride, pass.n, pass.rows->qkv.data(), stride, {},
             pass.request.stop)) {
    return false;
  }
  for_rows(*pool_, pass.n, 2.0 * stride, [&](int first, int n) {
    for (int row = first; row < first + n; ++row) finish_row(pass, layer, row);
  });
  return true;
}

bool Transformer::attend(Pass& pass, int layer, bool mix) {
  const HeadShape shape = config_.heads();
  std::vector<WeightChunk> chunks;
  std::size_t size = 0;
  double work = 0;
  for (int row = 0; row < pass.n; row += kChunkRows) {
    const int n = std::min(kChunkRows, pass.n - row);
    const int n_key = config_.causal ? pass.first + row + n : pass.n_tokens;
    chunks.push_back({pass.first + row, n, n_key, size});
    const std::size_t cells = static_cast<std::size_t>(n) * static_cast<std::size_t>(n_key);
    size += static_cast<std::size_t>(shape.n_heads) * cells;
    work += 2.0 * static_cast<double>(cells) * shape.query_width();
  }
  if (pass.request.keep_weights) pass.rows->weights = FloatBuffer(size);
  float* weights = pass.rows->weights.data();
  const ScoreRule rule = score_rule(layer, pass.request.real_keys);

  // Late chunks see the most keys: they go first, so that no thread is left with a long one at the end.
  const int n_jobs = static_cast<int>(chunks.size()) * shape.n_heads;
  const auto run = [&](int index) {
    if (pass.stopped()) return;
    const WeightChunk& chunk = chunks[static_cast<std::size_t>((n_jobs - 1 - index) / shape.n_heads)];
    const int head = index % shape.n_heads, row = chunk.first - pass.first;
    const std::vector<KeyRange> ranges = rule.ranges(chunk.first, chunk.n, chunk.n_key);
    HeadJob job;
    rule.apply_to(job, head, chunk.first, ranges);
    job.query =
        pass.rows->qkv.data() + static_cast<std::ptrdiff_t>(row) * shape.qkv_stride() + head * shape.head_dim;
    job.query_stride = shape.qkv_stride();
    job.key = cache_.keys(layer, shape.kv_head(head));
    job.value = cache_.values(layer, shape.kv_head(head));
    job.key_stride = job.value_stride = shape.head_dim;
    job.n_query = chunk.n;
    job.n_key = chunk.n_key;
    job.head_dim = shape.head_dim;
    if (weights) {
      job.weights = weights + chunk.offset + static_cast<std::ptrdiff_t>(head) * chunk.n * chunk.n_key;
      job.weights_stride = chunk.n_key;
    }
    if (mix) {
      job.z = pass.z.row(row) + head * shape.head_dim;
      job.z_stride = pass.z.stride;
    }
    attend_head(job);
  };
  if (work < kSmallWork) {
    for (int index = 0; index < n_jobs; ++index) run(index);
  } else {
    pool_->parallel_for(n_jobs, run);
  }
  if (pass.request.keep_weights) pass.rows->chunks = std::move(chunks);
  return !pass.stopped();
}

bool Transformer::add_attention(Pass& pass, int layer) {
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  // Side by side, the feed-forward reads the stream as it was before the attention's output.
  if (config_.parallel_residual && !config_.shared_norm)
    normalize(params.feed_forward_norm, pass.stream, pass.normed);
  const bool sandwich = norms_output(config_.norm_placement);
  FloatRows& output = sandwich ? pass.normed : pass.stream;
  PackedLinear::Options options;
  options.accumulate = !sandwich;
  if (!apply(params.attention_output, pass.z.row(0), pass.z.stride, pass.n, output.row(0), output.stride,
             options, pass.request.stop)) {
    return false;
  }
  if (sandwich) {
    normalize(params.attention_post_norm, pass.normed, pass.normed);
    add_rows(pass.normed, pass.stream);
  }
  if (config_.norm_placement == NormPlacement::Post)
    normalize(params.attention_norm, pass.stream, pass.stream);
  return true;
}

bool Transformer::add_feed_forward(Pass& pass, int layer) {
  const LayerParams& params = params_.layers[static_cast<std::size_t>(layer)];
  const int hidden = config_.d_feed_forward;
  const bool post = config_.norm_placement == NormPlacement::Post;
  const bool raw_input = !norms_input(config_.norm_placement);
  const bool sandwich = norms_output(config_.norm_placement);
  if (!raw_input && !config_.parallel_residual) normalize(params.feed_forward_norm, pass.stream, pass.normed);
  const FloatRows& input = raw_input ? pass.stream : pass.normed;
  const std::stop_token& stop = pass.request.stop;
  PackedLinear::Options up;
  if (!config_.gated) up.activation = config_.activation;
  if (!apply(params.up, input.row(0), input.stride, pass.n, pass.inner.row(0), pass.inner.stride, up, stop))
    return false;
  if (config_.gated) {
    for_rows(*pool_, pass.n, 8.0 * hidden, [&](int first, int n) {
      for (int row = first; row < first + n; ++row) {
        activate_gated(config_.activation, pass.inner.row(row), pass.inner.row(row) + hidden, hidden);
      }
    });
  }
  FloatRows& output = sandwich ? pass.normed : pass.stream;
  PackedLinear::Options down;
  down.accumulate = !sandwich;
  if (!apply(params.down, pass.inner.row(0), pass.inner.stride, pass.n, output.row(0), output.stride, down,
             stop))
    return false;
  if (sandwich) {
    normalize(params.feed_forward_post_norm, pass.normed, pass.normed);
    add_rows(pass.normed, pass.stream);
  }
  if (post) normalize(params.feed_forward_norm, pass.stream, pass.stream);
  return true;
}

std::optional<Error> Transformer::load_fault() const {
  return params_.fault ? params_.fault->error() : std::nullopt;
}

void Transformer::settle(const std::stop_token& stop) const {
  if (!params_.fault) return;  // all of them were read when the checkpoint was opened
  const auto pack = [&](const PackedLinear& linear) { return linear.pack(*pool_, stop); };
  for (const LayerParams& layer : params_.layers) {
    for (const PackedLinear* linear : {&layer.qkv, &layer.attention_output, &layer.cross_query,
                                       &layer.cross_key_value, &layer.cross_output, &layer.up, &layer.down}) {
      if (!pack(*linear)) return;
    }
  }
  if (pack(params_.embedding_projection) && pack(params_.output_transform)) (void)pack(params_.output);
}

Result<ForwardResult> Transformer::forward(const ForwardRequest& request) {
  const Error cancelled{ErrorCode::Cancelled, "the computation was stopped", ""};
  const bool plain = request.positions.empty() && !request.real_keys && !request.embedded;
  assert(request.first == 0 || (config_.causal && plain));
  assert(request.first == 0 || !config_.cross_attention || !request.known_cross.empty());
  assert(request.first < request.n_tokens());
  assert(config_.cross_attention == (request.memory != nullptr));
  prepare_rotary(request);
  prepare_cache(request);
  prepare_distance_bias(request.n_tokens());
  Pass pass(request, config_);
  if (!embed(pass)) return cancelled;

  ForwardResult result;
  for (int layer = 0; layer < config_.n_layers; ++layer) {
    if (request.keep_hidden) result.hidden.push_back(pass.stream.matrix());
    const bool ends_here = layer + 1 == config_.n_layers && !request.final_hidden && !request.keep_hidden;
    const bool cross = config_.cross_attention;
    if (pass.stopped() || !project_heads(pass, layer) || !attend(pass, layer, !ends_here || cross))
      return cancelled;
    if (cross &&
        !(add_attention(pass, layer) && project_cross(pass, layer) && attend_cross(pass, !ends_here)))
      return cancelled;
    if (const std::optional<Error> fault = load_fault()) return *fault;
    result.layers.push_back(pass.rows);
    if (cross) result.cross.push_back(pass.cross);
    if (request.on_attention) request.on_attention(layer, pass.rows, pass.cross);
    if (ends_here) break;
    if (!(cross ? add_cross(pass, layer) : add_attention(pass, layer)) || !add_feed_forward(pass, layer))
      return cancelled;
  }
  if (request.final_hidden || request.keep_hidden) {
    if (const std::optional<Error> fault = load_fault()) return *fault;
    if (config_.final_norm) normalize(params_.final_norm, pass.stream, pass.stream);
    result.final_hidden = pass.stream.matrix();
    if (request.keep_hidden) result.hidden.push_back(result.final_hidden);
  }
  if (plain) {
    cached_ids_.assign(request.ids.begin(), request.ids.end());
  } else {
    cached_ids_.clear();
  }
  return result;
}

}  // namespace headscope
