#include "models/params_reader.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "io/quote.h"

namespace headscope {
namespace {

const char* const kHint = "Check that config.json belongs to this checkpoint";

bool all_finite(std::span<const float> values) {
  return Eigen::Map<const Eigen::ArrayXf>(values.data(), static_cast<Eigen::Index>(values.size()))
      .allFinite();
}

/// Reads tensor after tensor and keeps the first fault, so that the caller asks for all of them and checks
/// once.
class Reader {
 public:
  Reader(const TensorSource& source, const FamilyModel& model)
      : source_(source), config_(model.config), names_(model.names) {
    // Checkpoints saved from the bare model carry the same names without the prefix.
    prefix_ = source.find(names_.prefix + names_.token_embedding + ".weight") ? names_.prefix : "";
    if (prefix_.empty() && !source.find(names_.token_embedding + ".weight")) prefix_ = names_.prefix;
  }

  const Status& status() const { return status_; }
  std::string name(const std::string& stem, int layer = -1) const {
    std::string text = prefix_ + stem;
    if (const auto at = text.find("{}"); at != std::string::npos) text.replace(at, 2, std::to_string(layer));
    return text;
  }

  /// The numbers of a tensor, in `copy` where they cannot be used in place.
  std::span<const float> numbers(const std::string& full_name, const TensorShape& shape,
                                 std::vector<float>& copy) {
    if (!status_) return {};
    used_.insert(full_name);
    auto tensor = source_.require(full_name, shape);
    if (!tensor) return fail(tensor.error());
    std::span<const float> values = tensor->floats_in_place();
    if (values.empty() && tensor->n_elements() > 0) {
      auto floats = to_float(*tensor);
      if (!floats) return fail(floats.error());
      copy = std::move(*floats);
      values = copy;
    }
    if (!all_finite(values)) {
      return fail({ErrorCode::Corrupt, "tensor " + quote(full_name) + " holds a number that is not finite",
                   "Export the checkpoint again"});
    }
    return values;
  }

  Vector vector(const std::string& full_name, int n) {
    std::vector<float> copy;
    const std::span<const float> values = numbers(full_name, {n}, copy);
    return status_ ? Vector(Eigen::Map<const Vector>(values.data(), n)) : Vector();
  }

  NormParams norm(const std::string& stem, int layer, int n) {
    if (stem.empty()) return {};
    NormParams params;
    params.gain = vector(name(stem, layer) + ".weight", n);
    if (config_.norm_bias) params.bias = vector(name(stem, layer) + ".bias", n);
    return params;
  }

  EmbeddingTable embedding(std::shared_ptr<const TensorSource> keep, const std::string& full_name, int n_rows,
                           int width) {
    std::vector<float> copy;
    const bool finite = !numbers(full_name, {n_rows, width}, copy).empty();
    if (!status_ || !finite) return {};
    const TensorView tensor = *source_.find(full_name);
    const std::size_t row_bytes = static_cast<std::size_t>(width) * dtype_size(tensor.dtype);
    EmbeddingTable table{n_rows, width, {}};
    table.copy_row = [keep = std::move(keep), tensor, row_bytes, width](int row, float* out) {
      convert_to_float(tensor.dtype,
                       tensor.bytes.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes),
                       {out, static_cast<std::size_t>(width)});
    };
    return table;
  }

  /// Layers that read the same input become one: their outputs side by side, in the order of `parts`.
  struct Part {
    std::string stem;
    int n_out;
  };
  PackedLinear linear(const std::vector<Part>& parts, int layer, int n_in, bool has_bias) {
    int n_out = 0;
    for (const Part& part : parts) n_out += part.n_out;
    const bool out_in = names_.layout == WeightLayout::OutIn;
    std::vector<float> stacked, stacked_bias;
    std::span<const float> weight;
    for (const Part& part : parts) {
      const std::string full = name(part.stem, layer);
      std::vector<float> copy;
      weight = numbers(full + ".weight",
                       out_in ? TensorShape{part.n_out, n_in} : TensorShape{n_in, part.n_out}, copy);
      const Vector bias = has_bias ? vector(full + ".bias", part.n_out) : Vector();
      if (!status_) return {};
      stacked_bias.insert(stacked_bias.end(), bias.data(), bias.data() + bias.size());
      if (parts.size() == 1 && copy.empty()) break;
      if (parts.size() == 1) {
        stacked = std::move(copy);
      } else {
        assert(out_in);
        stacked.insert(stacked.end(), weight.begin(), weight.end());
      }
      weight = stacked;
    }
    return {weight.data(), n_out, n_in, names_.layout, has_bias ? stacked_bias.data() : nullptr};
  }

  PackedLinear qkv(int layer) {
    const HeadShape heads = config_.heads();
    if (names_.qkv.size() == 3) {
      return linear({{names_.qkv[0], heads.query_width()},
                     {names_.qkv[1], heads.kv_width()},
                     {names_.qkv[2], heads.kv_width()}},
                    layer, config_.d_model, config_.qkv_bias);
    }
    if (!names_.qkv_by_head) {
      return linear({{names_.qkv[0], heads.qkv_width()}}, layer, config_.d_model, config_.qkv_bias);
    }
    return qkv_by_head(layer);
  }

  /// Reorders rows (head, part, feature) to (part, head, feature).
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
    const int d = heads.head_dim;
    for (int head = 0; head < heads.n_heads; ++head) {
      for (int part = 0; part < 3; ++part) {
        const int to = (part * heads.n_heads + head) * d, from = (head * 3 + part) * d;
        sorted.middleRows(to, d) = weight.middleRows(from, d);
        if (bias.size() > 0) sorted_bias.segment(to, d) = bias.segment(from, d);
      }
    }
    return {sorted.data(), heads.qkv_width(), config_.d_model, WeightLayout::OutIn,
            bias.size() > 0 ? sorted_bias.data() : nullptr};
  }

  LayerParams layer(int index) {
    const int d = config_.d_model, width = config_.heads().query_width(), hidden = config_.d_feed_forward;
    LayerParams params;
    params.attention_norm = norm(names_.attention_norm, index, d);
    params.qkv = qkv(index);
    if (config_.qk_norm) {
      params.query_norm = norm(names_.query_norm, index, config_.head_dim);
      params.key_norm = norm(names_.key_norm, index, config_.head_dim);
    }
    params.attention_output =
        linear({{names_.attention_output, d}}, index, width, config_.attention_output_bias);
    params.attention_post_norm = norm(names_.attention_post_norm, index, d);
    params.feed_forward_norm = norm(names_.feed_forward_norm, index, d);
    std::vector<Part> up = {{names_.up, hidden}};
    if (config_.gated) up.insert(up.begin(), Part{names_.gate, hidden});
    params.up = linear(up, index, d, config_.feed_forward_bias);
    params.down = linear({{names_.down, d}}, index, hidden, config_.feed_forward_bias);
    params.feed_forward_post_norm = norm(names_.feed_forward_post_norm, index, d);
    return params;
  }

  /// The output head, tied to the embedding or a tensor of its own.
  PackedLinear output() {
    const std::string embedding = name(names_.token_embedding) + ".weight", own = names_.output + ".weight";
    std::vector<float> copy;
    const TensorShape shape = {config_.vocab_size, config_.d_model};
    const std::span<const float> values = numbers(config_.tied_output ? embedding : own, shape, copy);
    if (!status_) return {};
    if (config_.tied_output && source_.find(own)) {
      std::vector<float> second;
      const std::span<const float> repeated = numbers(own, shape, second);
      if (status_ && !std::equal(values.begin(), values.end(), repeated.begin(), repeated.end())) {
        fail({ErrorCode::Corrupt,
              "config.json says that the output is tied to the embedding, but " + quote(own) +
                  " differs from " + quote(embedding),
              "Set 'tie_word_embeddings' as the model was trained"});
        return {};
      }
    }
    if (!status_) return {};
    return {values.data(), config_.vocab_size, config_.d_model, WeightLayout::OutIn, nullptr};
  }

  /// Errors: Corrupt, when the file holds a tensor that nothing asked for.
  Status check_all_used() const {
    for (const std::string& found : source_.names()) {
      if (used_.contains(found)) continue;
      if (std::ranges::any_of(names_.constants, [&](const std::string& end) { return found.ends_with(end); }))
        continue;
      return Error{ErrorCode::Corrupt,
                   "tensor " + quote(found) + " is in the file, but this architecture has none of that name",
                   kHint};
    }
    return {};
  }

 private:
  std::span<const float> fail(const Error& error) {
    if (status_) status_ = error;
    return {};
  }

  const TensorSource& source_;
  const TransformerConfig& config_;
  const TensorNames& names_;
  std::string prefix_;
  std::set<std::string> used_;
  Status status_;
};

}  // namespace

Result<TransformerParams> read_params(std::shared_ptr<const TensorSource> source, const FamilyModel& model) {
  const TransformerConfig& config = model.config;
  const TensorNames& names = model.names;
  Reader reader(*source, model);
  TransformerParams params;
  params.token_embedding = reader.embedding(source, reader.name(names.token_embedding) + ".weight",
                                            config.vocab_size, config.d_model);
  if (config.position == PositionKind::Learned) {
    params.position_embedding = reader.embedding(source, reader.name(names.position_embedding) + ".weight",
                                                 config.max_tokens, config.d_model);
  }
  for (int layer = 0; layer < config.n_layers && reader.status(); ++layer) {
    params.layers.push_back(reader.layer(layer));
  }
  if (config.final_norm) params.final_norm = reader.norm(names.final_norm, -1, config.d_model);
  params.output = reader.output();
  if (!reader.status()) return reader.status().error();
  if (Status used = reader.check_all_used(); !used) return used.error();
  return params;
}

}  // namespace headscope
