// Families without a reference case, held against a forward pass of our own in double precision, written from
// the published model code (transformers 4.51: modeling_electra, modeling_mbart, modeling_pegasus,
// modeling_t5).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>

#include "models/plain_forward.h"
#include "models/test_models.h"

namespace headscope {
namespace {

using loops::Attended;
using loops::Checkpoint;
using loops::Rows;

constexpr double kHidden = -std::numeric_limits<double>::infinity();
const std::vector<int> kSource = {7, 12, 3, 44, 12, 9, 31, 2};
const std::vector<int> kTarget = {2, 18, 5, 40, 18};

double no_bias(std::size_t, std::size_t, std::size_t) {
  return 0;
}
double causal(std::size_t, std::size_t i, std::size_t j) {
  return j > i ? kHidden : 0;
}

/// What a forward pass shows of one stack.
struct Shown {
  std::vector<std::vector<Rows>> attention, cross;  ///< [n_layers][n_heads]
  std::vector<Rows> hidden;
};

double worst(const Matrix& found, const Rows& expected) {
  double error = 0;
  EXPECT_EQ(static_cast<std::size_t>(found.rows()), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t j = 0; j < expected[i].size(); ++j) {
      const auto value =
          static_cast<double>(found(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)));
      error = std::max(error, std::abs(value - expected[i][j]));
    }
  }
  return error;
}

void expect_same(const AttentionTrace& trace, const std::vector<std::vector<Rows>>& attention,
                 const std::vector<Rows>& hidden) {
  ASSERT_EQ(trace.layers.size(), attention.size());
  double attention_error = 0, hidden_error = 0;
  for (std::size_t layer = 0; layer < attention.size(); ++layer) {
    ASSERT_EQ(static_cast<std::size_t>(trace.layers[layer]->n_heads()), attention[layer].size());
    for (std::size_t head = 0; head < attention[layer].size(); ++head) {
      const Matrix weights = trace.layers[layer]->weights(static_cast<int>(head));
      attention_error = std::max(attention_error, worst(weights, attention[layer][head]));
    }
  }
  for (std::size_t i = 0; i < hidden.size(); ++i)
    hidden_error = std::max(hidden_error, worst(trace.hidden[i].matrix(), hidden[i]));
  EXPECT_LE(attention_error, 2e-5);
  EXPECT_LE(hidden_error, 1e-4);
  std::printf("  attn %.1e  hidden %.1e\n", attention_error, hidden_error);
}

TracePtr trace_of(const Checkpoint& checkpoint, const std::string& config, const TokenInput& input) {
  const auto folder = std::filesystem::temp_directory_path() / "headscope-independent";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "config.json") << config;
  EXPECT_TRUE(write_safetensors(folder / "model.safetensors", checkpoint.tensors()).ok());
  auto model = load_model(folder.string());
  EXPECT_TRUE(model.ok()) << model.error().message;
  if (!model) return nullptr;
  TraceOptions options;
  options.keep_hidden = options.keep_logits = true;
  auto trace = (*model)->trace_ids(input, options);
  EXPECT_TRUE(trace.ok()) << trace.error().message;
  model->reset();
  std::filesystem::remove_all(folder);
  return trace.ok() ? *trace : nullptr;
}

TEST(Independent, electra_embeds_in_a_width_of_its_own_and_projects) {
  const int d = 24, e = 16;
  const double eps = 1e-3;
  Checkpoint c;
  const std::string em = "electra.embeddings.";
  c.add(em + "word_embeddings.weight", {50, e}, 0, 1);
  c.add(em + "position_embeddings.weight", {20, e}, 0, 1);
  c.add(em + "token_type_embeddings.weight", {2, e}, 0, 1);
  c.norm(em + "LayerNorm", e);
  c.linear("electra.embeddings_project", e, d);
  const auto base = [](int layer) { return "electra.encoder.layer." + std::to_string(layer) + "."; };
  for (int layer = 0; layer < 2; ++layer) {
    for (const char* part : {"query", "key", "value"}) c.linear(base(layer) + "attention.self." + part, d, d);
    c.linear(base(layer) + "attention.output.dense", d, d);
    c.norm(base(layer) + "attention.output.LayerNorm", d);
    c.linear(base(layer) + "intermediate.dense", d, 40);
    c.linear(base(layer) + "output.dense", 40, d);
    c.norm(base(layer) + "output.LayerNorm", d);
  }
  c.linear("generator_predictions.dense", d, e);
  c.norm("generator_predictions.LayerNorm", e);
  c.add("generator_lm_head.bias", {50}, 0, 1);

  const std::vector<int> segments = {0, 0, 0, 1, 1, 1, 1, 1};
  Rows x;
  for (std::size_t i = 0; i < kSource.size(); ++i) {
    x.push_back(
        loops::sum(loops::sum({c.row(em + "word_embeddings.weight", static_cast<std::size_t>(kSource[i]))},
                              {c.row(em + "position_embeddings.weight", i)}),
                   {c.row(em + "token_type_embeddings.weight", static_cast<std::size_t>(segments[i]))})[0]);
  }
  x = loops::linear(c, "electra.embeddings_project", loops::layer_norm(c, em + "LayerNorm", x, eps));
  Shown shown{{}, {}, {x}};
  for (int layer = 0; layer < 2; ++layer) {
    const std::string self = base(layer) + "attention.self.";
    const Attended a = loops::attend(loops::linear(c, self + "query", x), loops::linear(c, self + "key", x),
                                     loops::linear(c, self + "value", x), 3, 1 / std::sqrt(8.0), no_bias);
    x = loops::layer_norm(c, base(layer) + "attention.output.LayerNorm",
                          loops::sum(x, loops::linear(c, base(layer) + "attention.output.dense", a.mixed)),
                          eps);
    const Rows inner = loops::each(loops::linear(c, base(layer) + "intermediate.dense", x), loops::gelu);
    x = loops::layer_norm(c, base(layer) + "output.LayerNorm",
                          loops::sum(x, loops::linear(c, base(layer) + "output.dense", inner)), eps);
    shown.attention.push_back(a.weights);
    shown.hidden.push_back(x);
  }
  const Rows read =
      loops::layer_norm(c, "generator_predictions.LayerNorm",
                        loops::each(loops::linear(c, "generator_predictions.dense", x), loops::gelu), eps);
  Rows logits;
  for (const auto& row : read) {
    logits.emplace_back();
    for (std::size_t word = 0; word < 50; ++word) {
      double logit = c.at("generator_lm_head.bias", word);
      for (std::size_t i = 0; i < row.size(); ++i)
        logit += row[i] * c.at(em + "word_embeddings.weight", word * e + i);
      logits.back().push_back(logit);
    }
  }

  const TracePtr trace = trace_of(c, R"({"architectures": ["ElectraForMaskedLM"], "num_hidden_layers": 2,
    "num_attention_heads": 3, "hidden_size": 24, "embedding_size": 16, "intermediate_size": 40, "vocab_size": 50,
    "max_position_embeddings": 20, "type_vocab_size": 2, "layer_norm_eps": 1e-3})",
                                  {.ids = kSource, .token_type_ids = segments});
  ASSERT_TRUE(trace);
  expect_same(*trace, shown.attention, shown.hidden);
  EXPECT_LE(worst(trace->logits.matrix(), logits), 1e-4);
  EXPECT_EQ(trace->next_tokens.size(), kSource.size()) << "a guess at every position";
}

/// mBART and Pegasus: norms in front, a norm behind the last block.
struct BartLike {
  bool embedding_norm, sinusoidal;
  int d = 24;

  std::string layer(const std::string& half, int index) const {
    return "model." + half + ".layers." + std::to_string(index) + ".";
  }
  void make(Checkpoint& c) const {
    c.add("model.shared.weight", {50, d}, 0, 0.5);
    c.add("final_logits_bias", {1, 50}, 0, 1);
    for (const std::string half : {"encoder", "decoder"}) {
      if (!sinusoidal) c.add("model." + half + ".embed_positions.weight", {18, d}, 0, 1);
      if (embedding_norm) c.norm("model." + half + ".layernorm_embedding", d);
      c.norm("model." + half + ".layer_norm", d);
      const int width = half == "encoder" ? 40 : 32;
      for (int i = 0; i < 2; ++i) {
        std::vector<std::string> attentions = {"self_attn"};
        if (half == "decoder") attentions.emplace_back("encoder_attn");
        for (const std::string& attention : attentions) {
          for (const char* part : {".q_proj", ".k_proj", ".v_proj", ".out_proj"})
            c.linear(layer(half, i) + attention + part, d, d);
          c.norm(layer(half, i) + attention + "_layer_norm", d);
        }
        c.linear(layer(half, i) + "fc1", d, width);
        c.linear(layer(half, i) + "fc2", width, d);
        c.norm(layer(half, i) + "final_layer_norm", d);
      }
    }
  }
  Rows embed(const Checkpoint& c, const std::string& half, const std::vector<int>& ids) const {
    Rows x;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      x.push_back(c.row("model.shared.weight", static_cast<std::size_t>(ids[i])));
      for (double& value : x.back()) value *= std::sqrt(d);
      if (!sinusoidal) {
        x.back() = loops::sum({x.back()}, {c.row("model." + half + ".embed_positions.weight", i + 2)})[0];
        continue;
      }
      for (int f = 0; f < d; ++f) {
        const double angle = static_cast<double>(i) / std::pow(10000.0, 2.0 * (f % (d / 2)) / d);
        x.back()[static_cast<std::size_t>(f)] += f < d / 2 ? std::sin(angle) : std::cos(angle);
      }
    }
    return embedding_norm ? loops::layer_norm(c, "model." + half + ".layernorm_embedding", x, 1e-5) : x;
  }
  /// Adds an attention to the stream x, which looks at `memory`, or at itself.
  Rows add(const Checkpoint& c, const std::string& name, Rows x, const Rows* memory, std::size_t n_heads,
           std::vector<std::vector<Rows>>& shown) const {
    const Rows normed = loops::layer_norm(c, name + "_layer_norm", x, 1e-5);
    const Rows& looked_at = memory ? *memory : normed;
    const bool hides = !memory && name.find("decoder") != std::string::npos;
    const Attended a = loops::attend(
        loops::linear(c, name + ".q_proj", normed), loops::linear(c, name + ".k_proj", looked_at),
        loops::linear(c, name + ".v_proj", looked_at), n_heads,
        1 / std::sqrt(static_cast<double>(d) / static_cast<double>(n_heads)), hides ? causal : no_bias);
    shown.push_back(a.weights);
    return loops::sum(x, loops::linear(c, name + ".out_proj", a.mixed));
  }
  Shown run(const Checkpoint& c, const std::string& half, const std::vector<int>& ids,
            const Rows* memory) const {
    Rows x = embed(c, half, ids);
    Shown shown;
    const std::size_t n_heads = half == "encoder" ? 3 : 4;
    for (int i = 0; i < 2; ++i) {
      shown.hidden.push_back(x);
      x = add(c, layer(half, i) + "self_attn", x, nullptr, n_heads, shown.attention);
      if (memory) x = add(c, layer(half, i) + "encoder_attn", x, memory, n_heads, shown.cross);
      const Rows normed = loops::layer_norm(c, layer(half, i) + "final_layer_norm", x, 1e-5);
      x = loops::sum(x, loops::linear(c, layer(half, i) + "fc2",
                                      loops::each(loops::linear(c, layer(half, i) + "fc1", normed),
                                                  [](double v) { return std::max(v, 0.0); })));
    }
    shown.hidden.push_back(loops::layer_norm(c, "model." + half + ".layer_norm", x, 1e-5));
    return shown;
  }
  void expect_agreement(const char* architecture) const {
    Checkpoint c;
    make(c);
    const Shown encoder = run(c, "encoder", kSource, nullptr);
    const Shown decoder = run(c, "decoder", kTarget, &encoder.hidden.back());
    const std::string config = std::string(R"({"architectures": [")") + architecture + R"("], "d_model": 24,
      "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 3, "decoder_attention_heads": 4,
      "encoder_ffn_dim": 40, "decoder_ffn_dim": 32, "vocab_size": 50, "max_position_embeddings": 16,
      "scale_embedding": true, "activation_function": "relu", "decoder_start_token_id": 2})";
    const TracePtr trace = trace_of(c, config, {.ids = kSource, .decoder_input_ids = kTarget});
    ASSERT_TRUE(trace);
    expect_same(*part_of(trace, AttentionPart::Encoder), encoder.attention, encoder.hidden);
    expect_same(*part_of(trace, AttentionPart::Decoder), decoder.attention, decoder.hidden);
    expect_same(*part_of(trace, AttentionPart::Cross), decoder.cross, {});
    Rows logits;
    for (const auto& row : decoder.hidden.back()) {
      logits.emplace_back();
      for (std::size_t word = 0; word < 50; ++word) {
        double logit = c.at("final_logits_bias", word);
        for (std::size_t i = 0; i < row.size(); ++i)
          logit += row[i] * c.at("model.shared.weight", word * row.size() + i);
        logits.back().push_back(logit);
      }
    }
    EXPECT_LE(worst(trace->logits.matrix(), logits), 1e-4);
  }
};

TEST(Independent, mbart_normalises_in_front_of_its_blocks) {
  BartLike{true, false}.expect_agreement("MBartForConditionalGeneration");
}

TEST(Independent, pegasus_has_sines_and_cosines_and_no_norm_of_the_embeddings) {
  BartLike{false, true}.expect_agreement("PegasusForConditionalGeneration");
}

/// T5 1.1: gated by GELU, an output of its own.
struct GatedT5 {
  int d = 24, inner = 15;

  std::string block(const std::string& half, int index, int part) const {
    return half + ".block." + std::to_string(index) + ".layer." + std::to_string(part) + ".";
  }
  std::string table(const std::string& half) const {
    return half + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight";
  }
  void make(Checkpoint& c) const {
    c.add("shared.weight", {50, d}, 0, 1.5);
    c.linear("lm_head", d, 50, false);
    for (const std::string half : {"encoder", "decoder"}) {
      const bool decodes = half == "decoder";
      c.add(table(half), {8, 3}, 0, 2);
      c.norm(half + ".final_layer_norm", d, false);
      for (int i = 0; i < 2; ++i) {
        for (int part = 0; part <= decodes; ++part) {
          const std::string name = block(half, i, part) + (part ? "EncDecAttention." : "SelfAttention.");
          for (const char* one : {"q", "k", "v"}) c.linear(name + one, d, inner, false, 0.9);
          c.linear(name + "o", inner, d, false);
        }
        const std::string dense = block(half, i, decodes ? 2 : 1) + "DenseReluDense.";
        c.linear(dense + "wi_0", d, 40, false);
        c.linear(dense + "wi_1", d, 40, false);
        c.linear(dense + "wo", 40, d, false);
        for (int part = 0; part <= (decodes ? 2 : 1); ++part)
          c.norm(block(half, i, part) + "layer_norm", d, false);
      }
    }
  }
  /// Buckets: half of them for keys behind the query in the encoder; exact up to half of what is left, then
  /// logarithmic up to distance 12.
  std::size_t bucket(bool both_ways, int distance) const {
    int n = 8, first = 0;
    if (both_ways) {
      n = 4;
      first = distance > 0 ? 4 : 0;
      distance = std::abs(distance);
    } else {
      distance = std::max(0, -distance);
    }
    if (distance < n / 2) return static_cast<std::size_t>(first + distance);
    const double part = std::log(distance / (n / 2.0)) / std::log(12 / (n / 2.0));
    return static_cast<std::size_t>(first + std::min(n - 1, n / 2 + static_cast<int>(part * (n - n / 2.0))));
  }
  Rows add(const Checkpoint& c, const std::string& layer, const std::string& name, const Rows& x,
           const Rows* memory, const std::function<double(std::size_t, std::size_t, std::size_t)>& bias,
           std::vector<std::vector<Rows>>& shown) const {
    const Rows normed = loops::rms_norm(c, layer + "layer_norm", x, 1e-4);
    const Rows& looked_at = memory ? *memory : normed;
    const Attended a = loops::attend(loops::linear(c, layer + name + ".q", normed),
                                     loops::linear(c, layer + name + ".k", looked_at),
                                     loops::linear(c, layer + name + ".v", looked_at), 3, 1, bias);
    shown.push_back(a.weights);
    return loops::sum(x, loops::linear(c, layer + name + ".o", a.mixed));
  }
  Shown run(const Checkpoint& c, const std::string& half, const std::vector<int>& ids,
            const Rows* memory) const {
    const bool decodes = memory != nullptr;
    Rows x;
    for (const int id : ids) x.push_back(c.row("shared.weight", static_cast<std::size_t>(id)));
    Shown shown;
    for (int i = 0; i < 2; ++i) {
      shown.hidden.push_back(x);
      x = add(
          c, block(half, i, 0), "SelfAttention", x, nullptr,
          [&](std::size_t h, std::size_t q, std::size_t k) {
            if (decodes && k > q) return kHidden;
            return c.at(table(half), bucket(!decodes, static_cast<int>(k) - static_cast<int>(q)) * 3 + h);
          },
          shown.attention);
      if (decodes) x = add(c, block(half, i, 1), "EncDecAttention", x, memory, no_bias, shown.cross);
      const std::string layer = block(half, i, decodes ? 2 : 1);
      const Rows normed = loops::rms_norm(c, layer + "layer_norm", x, 1e-4);
      Rows gate = loops::each(loops::linear(c, layer + "DenseReluDense.wi_0", normed), loops::gelu_tanh);
      const Rows up = loops::linear(c, layer + "DenseReluDense.wi_1", normed);
      for (std::size_t row = 0; row < gate.size(); ++row) {
        for (std::size_t f = 0; f < gate[row].size(); ++f) gate[row][f] *= up[row][f];
      }
      x = loops::sum(x, loops::linear(c, layer + "DenseReluDense.wo", gate));
    }
    shown.hidden.push_back(loops::rms_norm(c, half + ".final_layer_norm", x, 1e-4));
    return shown;
  }
};

TEST(Independent, t5_of_version_1_1_gates_and_has_an_output_of_its_own) {
  const GatedT5 t5;
  Checkpoint c;
  t5.make(c);
  const std::vector<int> source = {7, 12, 3, 44, 12, 9, 31, 2, 8, 8, 15, 16, 23, 42, 4, 19, 30, 1};
  const Shown encoder = t5.run(c, "encoder", source, nullptr);
  const Shown decoder = t5.run(c, "decoder", kTarget, &encoder.hidden.back());
  const std::string sizes = R"("d_model": 24, "d_kv": 5, "d_ff": 40, "num_layers": 2, "num_heads": 3,
    "vocab_size": 50, "relative_attention_num_buckets": 8, "relative_attention_max_distance": 12,
    "layer_norm_epsilon": 1e-4, "feed_forward_proj": "gated-gelu"})";
  for (const std::string head :
       {R"({"architectures": ["T5ForConditionalGeneration"], "tie_word_embeddings": false, )",
        R"({"architectures": ["MT5ForConditionalGeneration"], )"}) {
    const TracePtr trace = trace_of(c, head + sizes, {.ids = source, .decoder_input_ids = kTarget});
    ASSERT_TRUE(trace);
    expect_same(*part_of(trace, AttentionPart::Encoder), encoder.attention, encoder.hidden);
    expect_same(*part_of(trace, AttentionPart::Decoder), decoder.attention, decoder.hidden);
    expect_same(*part_of(trace, AttentionPart::Cross), decoder.cross, {});
    EXPECT_LE(worst(trace->logits.matrix(), loops::linear(c, "lm_head", decoder.hidden.back())), 1e-4);
  }
  const TracePtr alone = trace_of(c, R"({"architectures": ["T5EncoderModel"], )" + sizes, {.ids = source});
  ASSERT_TRUE(alone);
  expect_same(*alone, encoder.attention, encoder.hidden);
  EXPECT_TRUE(alone->logits.empty());
  EXPECT_TRUE(alone->parts.empty());
}

}  // namespace
}  // namespace headscope
