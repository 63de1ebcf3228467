// What stands around the blocks: tokens become the stream, and the stream becomes vocabulary logits.
#include <cassert>

#include "core/softmax.h"
#include "models/transformer_pass.h"

namespace headscope {
namespace {

/// Positions of a stack that skips padding: the first real token has 0, a padding token -1.
std::vector<int> positions_of_real_tokens(std::span<const int> ids, int padding_id) {
  std::vector<int> positions;
  positions.reserve(ids.size());
  int next = 0;
  for (const int id : ids) positions.push_back(id == padding_id ? -1 : next++);
  return positions;
}

}  // namespace

Transformer::Pass::Pass(const ForwardRequest& r, const TransformerConfig& config)
    : request(r),
      n_tokens(r.n_tokens()),
      first(r.first),
      n(n_tokens - r.first),
      positions(r.positions),
      stream(n, config.d_model),
      normed(n, config.d_model),
      z(n, config.heads().query_width()),
      inner(n, config.d_feed_forward * (config.gated ? 2 : 1)) {
  if (config.padding_id < 0 || !positions.empty() || r.embedded) return;
  own_positions = positions_of_real_tokens(r.ids, config.padding_id);
  positions = own_positions;
}

void Transformer::prepare_distance_bias(int n_tokens) {
  const bool alibi = config_.position == PositionKind::Alibi;
  if (!alibi && config_.position != PositionKind::Relative) return;
  const int known = distance_bias_ ? static_cast<int>(distance_bias_->cols()) / 2 : 0;
  if (distance_bias_ && n_tokens - 1 <= known) return;
  const int reach = std::max(n_tokens, 2 * known);
  Matrix bias(config_.n_heads, 2 * reach + 1);
  const std::vector<float> slopes = alibi_slopes(config_.n_heads);
  for (int distance = -reach; distance <= reach; ++distance) {
    for (int head = 0; alibi && head < config_.n_heads; ++head) {
      bias(head, reach + distance) = slopes[static_cast<std::size_t>(head)] * static_cast<float>(distance);
    }
    if (alibi) continue;
    bias.col(reach + distance) = params_.relative_bias.row(config_.relative.bucket(distance)).transpose();
  }
  distance_bias_ = std::make_shared<const Matrix>(std::move(bias));
}

/// The sum of a token's embeddings.   sum, part [d_embedding]
void Transformer::embed_row(const Pass& pass, int row, float* sum, float* part) const {
  const auto at = static_cast<std::size_t>(pass.first + row);
  const int width = config_.embedding_width();
  params_.token_embedding.copy_row(pass.request.ids[at], sum);
  Eigen::Map<Vector> total(sum, width);
  if (config_.embedding_scale != 1.0f) total *= config_.embedding_scale;
  if (!params_.segment_embedding.empty()) {
    params_.segment_embedding.copy_row(pass.request.segments.empty() ? 0 : pass.request.segments[at], part);
    total += Eigen::Map<const Vector>(part, width);
  }
  if (!params_.position_embedding.empty()) {
    params_.position_embedding.copy_row(pass.position(row) + config_.position_offset, part);
    total += Eigen::Map<const Vector>(part, width);
  }
}

bool Transformer::embed(Pass& pass) const {
  if (const Matrix* given = pass.request.embedded) {
    assert(given->cols() == config_.d_model && pass.first == 0);
    for (int row = 0; row < pass.n; ++row) {
      std::copy_n(given->row(row).data(), config_.d_model, pass.stream.row(row));
    }
    return true;
  }
  const int width = config_.embedding_width();
  const bool projected = !params_.embedding_projection.empty();
  FloatRows narrow(projected ? pass.n : 0, width);
  FloatRows& sums = projected ? narrow : pass.stream;
  std::vector<float> part(static_cast<std::size_t>(width));
  for (int row = 0; row < pass.n; ++row) embed_row(pass, row, sums.row(row), part.data());
  if (config_.embedding_norm) normalize(params_.embedding_norm, sums, sums);
  return !projected || apply(params_.embedding_projection, narrow.row(0), narrow.stride, pass.n,
                             pass.stream.row(0), pass.stream.stride, {}, pass.request.stop);
}

Matrix Transformer::logits(const MatrixView& final_hidden) const {
  const int n = static_cast<int>(final_hidden.rows());
  Matrix all(n, config_.vocab_size);
  if (!config_.output_transform && config_.output_scale == 1.0f) {
    params_.output.apply(final_hidden.data(), static_cast<int>(final_hidden.outerStride()), n, all.data(),
                         config_.vocab_size, *pool_);
  } else {
    FloatRows input(n, config_.output_transform ? config_.embedding_width() : config_.d_model);
    if (config_.output_transform) {
      PackedLinear::Options options;
      options.activation = config_.output_activation;
      params_.output_transform.apply(final_hidden.data(), static_cast<int>(final_hidden.outerStride()), n,
                                     input.row(0), input.stride, *pool_, options);
      normalize(params_.output_norm, input, input);
    } else {
      for (int row = 0; row < n; ++row) {
        Eigen::Map<Vector>(input.row(row), input.width) =
            final_hidden.row(row).transpose() * config_.output_scale;
      }
    }
    params_.output.apply(input.row(0), input.stride, n, all.data(), config_.vocab_size, *pool_);
  }
  if (config_.logit_soft_cap > 0) return soft_cap(all, config_.logit_soft_cap);
  return all;
}

}  // namespace headscope
