#include "models/params_reader.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "io/quote.h"
#include "models/tensor_reader.h"

namespace headscope {
namespace {

const char* const kHint = "Check that config.json belongs to this checkpoint";

/// The parts of a stack, each from the tensors that its family names.
class StackReader : public TensorReader {
 public:
  using TensorReader::TensorReader;

  PackedLinear qkv(int layer) {
    const HeadShape heads = config_.heads();
    if (names_.qkv.size() == 3) {
      return linear({{names_.qkv[0], heads.query_width()},
                     {names_.qkv[1], heads.kv_width(), config_.key_bias},
                     {names_.qkv[2], heads.kv_width()}},
                    layer, config_.d_model, config_.qkv_bias);
    }
    if (!names_.qkv_by_head) {
      return linear({{names_.qkv[0], heads.qkv_width()}}, layer, config_.d_model, config_.qkv_bias);
    }
    return qkv_by_head(layer);
  }

  /// Reorders rows (group of heads with one k and v; its queries, then k, then v; feature) to q of all heads,
  /// k of all, v of all.
  PackedLinear qkv_by_head(int layer) {
    const HeadShape heads = config_.heads();
    const std::string full = name(names_.qkv[0], layer);
    std::vector<float> copy;
    const std::span<const float> values =
        numbers(full + ".weight", {heads.qkv_width(), config_.d_model}, copy);
    const Vector bias = config_.qkv_bias ? vector(full + ".bias", heads.qkv_width()) : Vector();
    if (!status_) return {};
    const Eigen::Map<const Matrix> weight(values.data(), heads.qkv_width(), config_.d_model);
    Matrix sorted(weight.rows(), weight.cols());
    Vector sorted_bias(bias.size());
    int from = 0;
    const auto move = [&](int to, int n) {
      sorted.middleRows(to, n) = weight.middleRows(from, n);
      if (bias.size() > 0) sorted_bias.segment(to, n) = bias.segment(from, n);
      from += n;
    };
    const int d = heads.head_dim, queries = heads.query_width() / heads.n_kv_heads;
    for (int group = 0; group < heads.n_kv_heads; ++group) {
      move(group * queries, queries);
      move(heads.query_width() + group * d, d);
      move(heads.query_width() + heads.kv_width() + group * d, d);
    }
    return pack({sorted.data(), static_cast<std::size_t>(sorted.size())}, heads.qkv_width(), config_.d_model,
                WeightLayout::OutIn, bias.size() > 0 ? sorted_bias.data() : nullptr, {{full + ".weight"}});
  }

  LayerParams layer(int index) {
    const int d = config_.d_model, width = config_.heads().query_width(), hidden = config_.d_feed_forward;
    LayerParams params;
    params.attention_norm = norm(names_.attention_norm, index, d);
    params.qkv = qkv(index);
    if (config_.qk_norm || config_.qk_norm_across) {
      const bool across = config_.qk_norm_across;
      params.query_norm = norm(names_.query_norm, index, across ? width : config_.head_dim);
      params.key_norm = norm(names_.key_norm, index, across ? config_.heads().kv_width() : config_.head_dim);
    }
    params.attention_output =
        linear({{names_.attention_output, d}}, index, width, config_.attention_output_bias);
    params.attention_post_norm = norm(names_.attention_post_norm, index, d);
    if (config_.cross_attention) read_cross(params, index);
    params.feed_forward_norm = norm(names_.feed_forward_norm, index, d);
    std::vector<Part> up = {{names_.up, hidden}};
    if (config_.gated && names_.gate.empty()) up[0].n_out = 2 * hidden;  // one tensor, gate first
    if (config_.gated && !names_.gate.empty()) up.insert(up.begin(), Part{names_.gate, hidden});
    params.up = linear(up, index, d, config_.feed_forward_bias);
    params.down = linear({{names_.down, d}}, index, hidden, config_.feed_forward_bias);
    params.feed_forward_post_norm = norm(names_.feed_forward_post_norm, index, d);
    return params;
  }

  NormParams final_norm() { return norm(names_.final_norm, -1, config_.d_model); }

  void read_cross(LayerParams& params, int index) {
    const HeadShape heads = config_.heads();
    params.cross_norm = norm(names_.cross_norm, index, config_.d_model);
    params.cross_query =
        linear({{names_.cross[0], heads.query_width()}}, index, config_.d_model, config_.qkv_bias);
    params.cross_key_value =
        linear({{names_.cross[1], heads.kv_width(), config_.key_bias}, {names_.cross[2], heads.kv_width()}},
               index, config_.d_model, config_.qkv_bias);
    params.cross_output = linear({{names_.cross_output, config_.d_model}}, index, heads.query_width(),
                                 config_.attention_output_bias);
  }

  void embeddings(TransformerParams& params) {
    const int width = config_.embedding_width();
    const std::string token = token_embedding_name();
    if (!token.empty()) {
      params.token_embedding =
          embedding(token + ".weight", config_.vocab_size, width, config_.has_output && config_.tied_output);
      for (const std::string& stem : names_.token_embedding_copies) {
        const std::string copy = name(stem) + ".weight";
        if (copy != token + ".weight" && source_.find(copy))
          require_equal(token + ".weight", copy, {config_.vocab_size, width});
      }
    }
    positions(params);
    if (config_.n_segments > 0) {
      params.segment_embedding =
          embedding(name(names_.segment_embedding) + ".weight", config_.n_segments, width, false);
    }
    if (config_.embedding_norm) params.embedding_norm = norm(names_.embedding_norm, -1, width);
    if (width != config_.d_model) {
      params.embedding_projection = linear({{names_.embedding_projection, config_.d_model}}, -1, width, true);
    }
  }

  void positions(TransformerParams& params) {
    const int width = config_.embedding_width();
    const std::string stored = name(names_.position_embedding) + ".weight";
    const bool sinusoidal = config_.position == PositionKind::Sinusoidal;
    if (config_.position == PositionKind::Learned || (sinusoidal && source_.find(stored))) {
      // A file that keeps its sines and cosines is believed.
      params.position_embedding =
          embedding(stored, config_.max_tokens + config_.position_offset, width, false);
    } else if (sinusoidal) {
      params.position_embedding = {config_.max_tokens, width,
                                   [width, order = config_.sinusoid](int row, float* out) {
                                     sinusoidal_position(row, order, {out, static_cast<std::size_t>(width)});
                                   }};
    } else if (config_.position == PositionKind::Relative) {
      std::vector<float> copy;
      const int n_buckets = config_.relative.n_buckets;
      const std::span<const float> table =
          numbers(name(names_.relative_bias) + ".weight", {n_buckets, config_.n_heads}, copy);
      if (status_) params.relative_bias = Eigen::Map<const Matrix>(table.data(), n_buckets, config_.n_heads);
    }
  }

  /// What stands after the last block: the head's own layers, and the output, which is tied to the embedding
  /// or a tensor of its own.
  void output(TransformerParams& params) {
    if (!config_.has_output) return;
    const int width = config_.embedding_width();
    if (config_.output_transform) {
      params.output_transform = linear_in_full(names_.output_transform, config_.d_model, width);
      params.output_norm = norm_in_full(names_.output_norm, width);
    }
    const std::string own = names_.output + ".weight";
    const std::string embedding = token_embedding_name() + ".weight";
    if (config_.tied_output && source_.find(own)) check_tied(embedding, own);
    const Vector bias = config_.output_bias ? output_bias() : Vector();
    params.output = linear_of(config_.tied_output ? embedding : own, output_width(), config_.vocab_size,
                              WeightLayout::OutIn, bias.size() > 0 ? bias.data() : nullptr);
  }

  /// A file may hold the output although it is tied, as long as it is the same.
  void check_tied(const std::string& embedding, const std::string& own) {
    const TensorShape shape = {config_.vocab_size, output_width()};
    std::vector<float> copy, second;
    const std::span<const float> values = numbers(embedding, shape, copy);
    const std::span<const float> repeated = numbers(own, shape, second);
    if (!status_ || std::equal(values.begin(), values.end(), repeated.begin(), repeated.end())) return;
    fail({ErrorCode::Corrupt,
          "config.json says that the output is tied to the embedding, but " + quote(own) + " differs from " +
              quote(embedding),
          "Set 'tie_word_embeddings' as the model was trained"});
  }

  /// Errors: Corrupt, when the file holds a tensor that nothing asked for.
  Status check_all_used() const {
    for (const std::string& found : source_.names()) {
      if (watch_.used.contains(found)) continue;
      if (std::ranges::any_of(names_.constants, [&](const std::string& end) { return found.ends_with(end); }))
        continue;
      if (std::ranges::any_of(names_.unread, [&](const std::string& begin) {
            return found.starts_with(begin) || found.starts_with(names_.prefix + begin);
          }))
        continue;
      return Error{ErrorCode::Corrupt,
                   "tensor " + quote(found) + " is in the file, but this architecture has none of that name",
                   kHint};
    }
    return {};
  }

 private:
  int output_width() const { return config_.output_transform ? config_.embedding_width() : config_.d_model; }

  /// [vocab_size]; BART keeps a row of a matrix, and some files say the same bias twice.
  Vector output_bias() {
    const std::string usual = names_.output + ".bias";
    const std::string full = names_.output_bias.empty() ? usual : names_.output_bias;
    const TensorView* found = source_.find(full);
    const int n = config_.vocab_size;
    if (!found && names_.output_bias_may_lack) return Vector::Zero(n);
    const TensorShape shape = found && found->shape.size() == 2 ? TensorShape{1, n} : TensorShape{n};
    std::vector<float> copy;
    const std::span<const float> values = numbers(full, shape, copy);
    if (full != usual && source_.find(usual)) require_equal(full, usual, shape);
    return status_ ? Vector(Eigen::Map<const Vector>(values.data(), n)) : Vector();
  }
};

/// Errors: those of the reader.
Status read_stack(StackReader& reader, const TransformerConfig& config, TransformerParams& params,
                  LoadWatch& watch) {
  params.fault = watch.fault;
  reader.embeddings(params);
  for (int layer = 0; layer < config.n_layers && reader.status(); ++layer) {
    params.layers.push_back(reader.layer(layer));
    watch.let_go();
  }
  if (config.final_norm) params.final_norm = reader.final_norm();
  reader.output(params);
  watch.let_go();
  return reader.status();
}

}  // namespace

Result<FamilyParams> read_params(std::shared_ptr<const TensorSource> source, const FamilyModel& model,
                                 ThreadPool& pool, const LoadOptions& options) {
  LoadWatch watch(source, pool, options);
  FamilyParams params;
  StackReader reader(*source, model.config, model.names, watch);
  for (const ExtraTensor& tensor : model.extra) {
    std::vector<float> copy;
    const std::span<const float> values =
        reader.numbers(tensor.prefixed ? reader.name(tensor.name) : tensor.name, tensor.shape, copy);
    params.extra[tensor.name].assign(values.begin(), values.end());
  }
  if (Status read = read_stack(reader, model.config, params.stack, watch); !read) return read.error();
  if (model.decoder) {
    StackReader second(*source, model.decoder->config, model.decoder->names, watch);
    if (Status read = read_stack(second, model.decoder->config, params.decoder, watch); !read)
      return read.error();
  }
  if (Status all = reader.check_all_used(); !all) return all.error();
  return params;
}

}  // namespace headscope
