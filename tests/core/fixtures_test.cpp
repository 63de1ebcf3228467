// The core against activations that other people's software computed: q, k → scores → weights → z of many
// architectures, and whole blocks of GPT-2 and Llama from their hidden states.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "core/attention.h"
#include "core/fast_attention.h"
#include "core/feed_forward.h"
#include "core/norm.h"
#include "core/position_bias.h"
#include "io/safetensors.h"
#include "io/tensor_source.h"

namespace headscope {
namespace {

const std::filesystem::path kFixtures = std::filesystem::path(HEADSCOPE_SHARED_DIR) / "fixtures";

struct Tensor {
  TensorShape shape;
  std::vector<float> values;

  /// The last two axes at index `head` of the first.
  Matrix head(int index) const {
    return Eigen::Map<const Matrix>(values.data() + index * shape[1] * shape[2], shape[1], shape[2]);
  }
  Matrix matrix() const {
    return Eigen::Map<const Matrix>(values.data(), shape[0],
                                    static_cast<Eigen::Index>(values.size()) / shape[0]);
  }
  Vector vector() const {
    return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
  }
  int n_heads() const { return static_cast<int>(shape[0]); }
};

template <class Source>
Tensor tensor(const Source& source, const std::string& name) {
  const TensorView* view = source.find(name);
  if (!view) throw std::runtime_error("tensor '" + name + "' is missing");
  return {view->shape, to_float(*view).value()};
}

SafetensorsFile expected_file(const std::string& model, const std::string& name) {
  auto file = SafetensorsFile::open(kFixtures / "expected" / model / (name + ".safetensors"));
  if (!file) throw std::runtime_error(file.error().message);
  return std::move(file).value();
}
TensorSource checkpoint(const std::string& model) {
  auto source = TensorSource::open(kFixtures / "checkpoints" / model);
  if (!source) throw std::runtime_error(source.error().message);
  return std::move(source).value();
}

float largest_difference(const Matrix& a, const Matrix& b) {
  return (a - b).cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
}

struct Case {
  const char* model;
  const char* name;
  float scale;  // 0: 1/√head_dim
  float soft_cap;
  const char* prefix;  // "encoder.", …
  const char* bias;    // T5's table in the checkpoint
  float scores_tolerance, attn_tolerance, z_tolerance;
};
const Case kCases[] = {
    {"gpt2-tiny", "short", 0, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"llama-tiny", "short", 0, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"neox-tiny", "short", 0, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"qwen3-tiny", "short", 0, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"mistral-tiny", "short", 0, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"gemma2-tiny", "short", 0.20412414523193154f, 5.0f, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"bert-tiny", "short", 0, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"distilbert-tiny", "short", 1, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"bart-tiny", "short", 1, 0, "cross.", "", 2e-4f, 2e-5f, 1e-4f},
    {"t5-tiny", "short", 1, 0, "encoder.",
     "encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 1e-4f, 2e-5f, 1e-4f},
    {"t5-tiny", "short", 1, 0, "decoder.",
     "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight", 1e-4f, 2e-5f, 1e-4f},
    {"hard-large-scores-llama", "mid", 0, 0, "", "", 0.04f, 5e-4f, 2e-3f},
    {"hard-tied-scores-gpt2", "mid", 0, 0, "", "", 1e-4f, 2e-5f, 1e-4f},
    {"stories260K", "text-0", 0, 0, "", "", 2e-4f, 2e-5f, 1e-4f},
};

std::string title(const Case& c, int layer, int head) {
  return std::string(c.model) + " " + c.prefix + " layer " + std::to_string(layer) + " head " +
         std::to_string(head);
}

/// The rule of one head, with the mask read off the reference's -inf.
HeadRule rule_of(const Case& c, const Matrix& scores, int head, int head_dim) {
  HeadRule rule;
  rule.scale = c.scale != 0 ? c.scale : 1.0f / std::sqrt(static_cast<float>(head_dim));
  rule.soft_cap = c.soft_cap;
  rule.mask = Mask::edited(scores.array() > -std::numeric_limits<float>::infinity());
  if (*c.bias) {
    const bool encoder = std::string(c.prefix) == "encoder.";
    rule.bias = relative_bias({16, 40, encoder}, tensor(checkpoint(c.model), c.bias).matrix(), head,
                              static_cast<int>(scores.rows()), static_cast<int>(scores.cols()));
  }
  return rule;
}

template <class Check>
void for_every_head(const Case& c, const Check& check) {
  const SafetensorsFile file = expected_file(c.model, c.name);
  int n_checked = 0;
  for (int layer = 0;; ++layer) {
    const auto name = [&](const char* what) {
      return c.prefix + std::string(what) + "." + std::to_string(layer);
    };
    if (!file.find(name("scores"))) break;
    const Tensor q = tensor(file, name("q")), k = tensor(file, name("k")), v = tensor(file, name("v"));
    const Tensor scores = tensor(file, name("scores")), attn = tensor(file, name("attn")),
                 z = tensor(file, name("z"));
    for (int head = 0; head < q.n_heads(); ++head) {
      ++n_checked;
      const HeadRule rule = rule_of(c, scores.head(head), head, static_cast<int>(q.shape[2]));
      check(q.head(head), k.head(head), v.head(head), rule, scores.head(head), attn.head(head), z.head(head),
            title(c, layer, head));
    }
  }
  EXPECT_GT(n_checked, 0) << c.model;
}

float finite_difference(const Matrix& got, const Matrix& expected) {
  const auto seen = expected.array() > -std::numeric_limits<float>::infinity();
  return seen.select(got - expected, 0.0f).cwiseAbs().maxCoeff<Eigen::PropagateNaN>();
}

TEST(Fixtures, the_steps_of_a_head_agree_with_every_reference) {
  for (const Case& c : kCases) {
    for_every_head(
        c, [&](const Matrix& q, const Matrix& k, const Matrix& v, const HeadRule& rule, const Matrix& scores,
               const Matrix& attn, const Matrix& z, const std::string& where) {
          const HeadSteps steps = attend_one_head(q, k, v, rule);
          EXPECT_LE(finite_difference(steps.masked, scores), c.scores_tolerance) << where;
          EXPECT_LE(largest_difference(steps.weights, attn), c.attn_tolerance) << where;
          EXPECT_LE(largest_difference(steps.z, z), c.z_tolerance) << where;
        });
  }
}

TEST(Fixtures, the_fast_path_agrees_with_every_reference) {
  for (const Case& c : kCases) {
    for_every_head(
        c, [&](const Matrix& q, const Matrix& k, const Matrix& v, const HeadRule& rule, const Matrix& scores,
               const Matrix& attn, const Matrix& z, const std::string& where) {
          const auto n_query = static_cast<int>(q.rows()), n_key = static_cast<int>(k.rows());
          const VisibleKeys visible = visible_keys(rule.mask, n_query, n_key);
          Matrix got_weights(n_query, n_key), got_scores(n_query, n_key), got_z(n_query, v.cols());
          HeadJob job;
          job.query = q.data();
          job.key = k.data();
          job.value = v.data();
          job.query_stride = job.key_stride = q.cols();
          job.value_stride = job.z_stride = v.cols();
          job.n_query = n_query;
          job.n_key = n_key;
          job.head_dim = static_cast<int>(q.cols());
          job.scale = rule.scale;
          job.soft_cap = rule.soft_cap;
          job.bias = rule.bias.size() ? rule.bias.data() : nullptr;
          job.ranges = visible.ranges.data();
          job.visible = visible.holes.size() ? visible.holes.data() : nullptr;
          job.bias_stride = job.visible_stride = job.weights_stride = job.scores_stride = n_key;
          job.weights = got_weights.data();
          job.scores = got_scores.data();
          job.z = got_z.data();
          attend_head(job);
          EXPECT_LE(finite_difference(got_scores, scores), c.scores_tolerance) << where;
          EXPECT_LE(largest_difference(got_weights, attn), c.attn_tolerance) << where;
          EXPECT_LE(largest_difference(got_z, z), c.z_tolerance) << where;
          EXPECT_TRUE(((attn.array() != 0.0f) || (got_weights.array() < 1e-30f)).all()) << where;
        });
  }
}

TEST(Fixtures, tied_scores_are_exactly_uniform) {
  const SafetensorsFile file = expected_file("hard-tied-scores-gpt2", "mid");
  const Tensor attn = tensor(file, "attn.0");
  const auto n = static_cast<int>(attn.shape[1]);
  const HeadRule rule{.scale = 1.0f, .mask = Mask::causal()};
  const HeadSteps steps = attend_one_head(tensor(file, "q.0").head(0), tensor(file, "k.0").head(0),
                                          tensor(file, "v.0").head(0), rule);
  for (int q = 0; q < n; ++q) EXPECT_NEAR(steps.weights(q, 0), 1.0f / static_cast<float>(q + 1), 1e-6f);
}

TEST(Fixtures, a_gpt2_block_from_hidden_state_to_hidden_state) {
  const SafetensorsFile file = expected_file("gpt2-tiny", "short");
  const TensorSource weights = checkpoint("gpt2-tiny");
  const std::string prefix = weights.find("transformer.h.0.ln_1.weight") ? "transformer.h.0." : "h.0.";
  const auto get = [&](const char* name) { return tensor(weights, prefix + name); };
  const int d_model = 48;

  MultiHeadParams params;
  params.n_heads = params.n_kv_heads = 4;
  const Matrix fused = get("attn.c_attn.weight").matrix().transpose();  // [3 d_model, d_model]
  const Vector fused_bias = get("attn.c_attn.bias").vector();
  params.query_weight = fused.topRows(d_model);
  params.key_weight = fused.middleRows(d_model, d_model);
  params.value_weight = fused.bottomRows(d_model);
  params.query_bias = fused_bias.head(d_model);
  params.key_bias = fused_bias.segment(d_model, d_model);
  params.value_bias = fused_bias.tail(d_model);
  params.output_weight = get("attn.c_proj.weight").matrix().transpose();
  params.output_bias = get("attn.c_proj.bias").vector();

  Matrix hidden = tensor(file, "hidden.0").matrix();
  const Matrix normed = layer_norm(hidden, get("ln_1.weight").vector(), get("ln_1.bias").vector(), 1e-5f);
  MultiHeadOptions options;
  options.mask = Mask::causal();
  const MultiHeadSteps steps = multi_head_attention(normed, normed, params, options);
  for (int head = 0; head < 4; ++head) {
    const HeadSteps& h = steps.heads[static_cast<std::size_t>(head)];
    EXPECT_LE(largest_difference(h.query, tensor(file, "q.0").head(head)), 1e-4f);
    EXPECT_LE(largest_difference(h.key, tensor(file, "k.0").head(head)), 1e-4f);
    EXPECT_LE(largest_difference(h.value, tensor(file, "v.0").head(head)), 1e-4f);
    EXPECT_LE(largest_difference(h.weights, tensor(file, "attn.0").head(head)), 2e-5f);
    EXPECT_LE(largest_difference(h.z, tensor(file, "z.0").head(head)), 1e-4f);
  }
  hidden += steps.output;
  FeedForwardParams feed;
  feed.up = get("mlp.c_fc.weight").matrix().transpose();
  feed.up_bias = get("mlp.c_fc.bias").vector();
  feed.down = get("mlp.c_proj.weight").matrix().transpose();
  feed.down_bias = get("mlp.c_proj.bias").vector();
  hidden +=
      feed_forward(layer_norm(hidden, get("ln_2.weight").vector(), get("ln_2.bias").vector(), 1e-5f), feed);
  EXPECT_LE(largest_difference(hidden, tensor(file, "hidden.1").matrix()), 1e-4f);
}

TEST(Fixtures, a_llama_block_from_hidden_state_to_hidden_state) {
  const SafetensorsFile file = expected_file("llama-tiny", "short");
  const TensorSource weights = checkpoint("llama-tiny");
  const auto get = [&](const char* name) { return tensor(weights, std::string("model.layers.0.") + name); };

  MultiHeadParams params;
  params.n_heads = 8;
  params.n_kv_heads = 2;
  params.query_weight = get("self_attn.q_proj.weight").matrix();
  params.key_weight = get("self_attn.k_proj.weight").matrix();
  params.value_weight = get("self_attn.v_proj.weight").matrix();
  params.output_weight = get("self_attn.o_proj.weight").matrix();

  Matrix hidden = tensor(file, "hidden.0").matrix();
  const Matrix normed = rms_norm(hidden, get("input_layernorm.weight").vector(), 1e-5f);
  const RotaryTable rotary = rotary_table(64, rotary_frequencies(8, 10000.0f), RotaryPairing::Halves);
  MultiHeadOptions options;
  options.mask = Mask::causal();
  options.rotary = &rotary;
  const MultiHeadSteps steps = multi_head_attention(normed, normed, params, options);
  for (int head = 0; head < 8; ++head) {
    const HeadSteps& h = steps.heads[static_cast<std::size_t>(head)];
    EXPECT_LE(largest_difference(h.query, tensor(file, "q.0").head(head)), 1e-4f);
    EXPECT_LE(largest_difference(h.key, tensor(file, "k.0").head(head)), 1e-4f);
    EXPECT_LE(largest_difference(h.weights, tensor(file, "attn.0").head(head)), 2e-5f);
    EXPECT_LE(largest_difference(h.z, tensor(file, "z.0").head(head)), 1e-4f);
  }
  hidden += steps.output;
  FeedForwardParams feed;
  feed.activation = Activation::Silu;
  feed.gate = get("mlp.gate_proj.weight").matrix();
  feed.up = get("mlp.up_proj.weight").matrix();
  feed.down = get("mlp.down_proj.weight").matrix();
  hidden += feed_forward(rms_norm(hidden, get("post_attention_layernorm.weight").vector(), 1e-5f), feed);
  EXPECT_LE(largest_difference(hidden, tensor(file, "hidden.1").matrix()), 1e-4f);
}

}  // namespace
}  // namespace headscope
