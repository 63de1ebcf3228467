#include "models/random_model.h"

#include <cmath>
#include <memory>

#include "models/id_tokenizer.h"
#include "models/narrow_weights.h"
#include "models/transformer_model.h"

namespace headscope {
namespace {

/// SplitMix64 (Steele et al., 2014): a stream that costs little for a hundred million numbers.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  /// Even in [-limit, limit].
  float within(float limit) {
    state_ += 0x9e3779b97f4a7c15ull;
    std::uint64_t z = (state_ ^ (state_ >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return (static_cast<float>((z ^ (z >> 31)) >> 40) * 0x1p-23f - 1.0f) * limit;
  }

 private:
  std::uint64_t state_;
};

class Maker {
 public:
  Maker(const TransformerConfig& config, const RandomModelOptions& options)
      : config_(config),
        storage_(options.precision == WeightPrecision::Half ? WeightStorage::F16 : WeightStorage::F32),
        random_(options.seed) {}

  Vector vector(int n, float around, float spread) {
    Vector values(n);
    for (float& value : values) value = around + random_.within(spread);
    return values;
  }
  NormParams norm(int n) {
    const float around = config_.gain_offset == GainOffset::One ? 0.0f : 1.0f;
    return {vector(n, around, 0.2f), config_.norm_bias ? vector(n, 0, 0.1f) : Vector()};
  }
  PackedLinear linear(int n_in, int n_out, bool bias) {
    // Uniform numbers in [-a, a] have the variance a²/3.
    const Vector weight = vector(n_in * n_out, 0, std::sqrt(3.0f / static_cast<float>(n_in)));
    const Vector offsets = bias ? vector(n_out, 0, 0.1f) : Vector();
    return pack_linear({weight.data(), static_cast<std::size_t>(weight.size())}, n_out, n_in,
                       WeightLayout::OutIn, bias ? offsets.data() : nullptr, storage_);
  }
  /// Rows made when they are looked up, always the same ones.
  EmbeddingTable embedding(int n_rows, int width, float limit) {
    const auto seed = static_cast<std::uint64_t>(random_.within(1) * 0x1p30f);
    return {n_rows, width, [seed, width, limit](int row, float* out) {
              Random random(seed + static_cast<std::uint64_t>(row) * 0x632be59bd9b4e019ull);
              for (int i = 0; i < width; ++i) out[i] = random.within(limit);
            }};
  }
  LayerParams layer() {
    const TransformerConfig& c = config_;
    LayerParams params;
    params.attention_norm = norm(c.d_model);
    params.qkv = linear(c.d_model, c.heads().qkv_width(), c.qkv_bias);
    if (c.qk_norm) params.query_norm = norm(c.head_dim), params.key_norm = norm(c.head_dim);
    params.attention_output = linear(c.heads().query_width(), c.d_model, c.attention_output_bias);
    params.feed_forward_norm = norm(c.d_model);
    params.up = linear(c.d_model, c.d_feed_forward * (c.gated ? 2 : 1), c.feed_forward_bias);
    params.down = linear(c.d_feed_forward, c.d_model, c.feed_forward_bias);
    if (norms_output(c.norm_placement)) {
      params.attention_post_norm = norm(c.d_model);
      params.feed_forward_post_norm = norm(c.d_model);
    }
    return params;
  }

 private:
  const TransformerConfig& config_;
  WeightStorage storage_;
  Random random_;
};

}  // namespace

TransformerConfig gpt2_small_config() {
  TransformerConfig config;
  config.n_layers = config.n_heads = config.n_kv_heads = 12;
  config.head_dim = 64;
  config.d_model = 768;
  config.d_feed_forward = 3072;
  config.vocab_size = 50257;
  config.max_tokens = 1024;
  config.position = PositionKind::Learned;
  config.score_scale = 0.125f;
  config.qkv_bias = config.attention_output_bias = config.feed_forward_bias = config.norm_bias = true;
  config.tied_output = true;
  return config;
}

ModelPtr random_model(const TransformerConfig& config, const RandomModelOptions& options) {
  Maker maker(config, options);
  TransformerParams params;
  params.token_embedding = maker.embedding(config.vocab_size, config.d_model, 0.1f);
  if (config.position == PositionKind::Learned) {
    params.position_embedding = maker.embedding(config.max_tokens, config.d_model, 0.05f);
  }
  for (int layer = 0; layer < config.n_layers; ++layer) params.layers.push_back(maker.layer());
  params.final_norm = maker.norm(config.d_model);
  if (options.with_output) params.output = maker.linear(config.d_model, config.vocab_size, false);
  Transformer engine(config, std::move(params), std::make_shared<ThreadPool>(options.n_threads));
  return std::make_shared<const TransformerModel>("random", ModelInfo{"random", "F32", 0, {}},
                                                  std::make_shared<IdTokenizer>(config.vocab_size),
                                                  std::move(engine));
}

}  // namespace headscope
