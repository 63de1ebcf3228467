// Families without reference activations: small checkpoints with random weights, held against loops over
// doubles that were written from the published descriptions (plain_*.h).
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>

#include "models/plain_gpts.h"
#include "models/test_models.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

const Json kLlama = {{"architectures", {"LlamaForCausalLM"}},
                     {"num_hidden_layers", 3},
                     {"num_attention_heads", 4},
                     {"num_key_value_heads", 2},
                     {"hidden_size", 32},
                     {"intermediate_size", 44},
                     {"vocab_size", 40},
                     {"max_position_embeddings", 64},
                     {"rms_norm_eps", 1e-5},
                     {"tie_word_embeddings", false}};

struct Case {
  const char* name;
  void (*forward)(plain::Plain&, const std::vector<int>&);
  const char* patch;
};

const Case kCases[] = {
    {"llama", plain::llama, "{}"},
    {"llama_biases", plain::llama, R"({"attention_bias": true, "mlp_bias": true, "head_dim": 12})"},
    {"llama_one_key_head", plain::llama, R"({"num_key_value_heads": 1, "rope_theta": 500000})"},
    {"llama_linear", plain::llama, R"({"rope_scaling": {"type": "linear", "factor": 4.0}})"},
    {"llama_dynamic_short", plain::llama, R"({"rope_scaling": {"type": "dynamic", "factor": 4.0}})"},
    {"llama_dynamic_long", plain::llama,
     R"({"max_position_embeddings": 9, "rope_scaling": {"rope_type": "dynamic", "factor": 4.0}})"},
    {"llama_yarn", plain::llama,
     R"({"head_dim": 32, "rope_scaling":
         {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "beta_fast": 2.0}})"},
    {"llama_yarn_without_factor", plain::llama,
     R"({"head_dim": 32, "rope_scaling": {"rope_type": "yarn", "original_max_position_embeddings": 32,
         "beta_fast": 4.5, "beta_slow": 0.5, "truncate": false}})"},
    {"llama_yarn_mscale", plain::llama,
     R"({"head_dim": 32, "rope_scaling": {"rope_type": "yarn", "factor": 40, "mscale": 1.5,
         "mscale_all_dim": 0.7, "beta_fast": 8}})"},
    {"llama_yarn_attention_factor", plain::llama,
     R"({"rope_scaling": {"rope_type": "yarn", "factor": 4.0, "attention_factor": 1.3}})"},
    {"llama3", plain::llama,
     R"({"head_dim": 32, "rope_theta": 500000, "rope_scaling": {"rope_type": "llama3", "factor": 8.0,
         "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 24}})"},
    {"mistral", plain::llama,
     R"({"architectures": ["MistralForCausalLM"], "model_type": "mistral", "sliding_window": 5})"},
    {"qwen2_windows", plain::llama,
     R"({"architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "use_sliding_window": true,
         "sliding_window": 4, "max_window_layers": 2})"},
    {"qwen3_windows", plain::llama,
     R"({"architectures": ["Qwen3ForCausalLM"], "model_type": "qwen3", "use_sliding_window": true, "head_dim": 16,
         "sliding_window": 6, "max_window_layers": 1})"},
    {"gemma", plain::gemma,
     R"({"architectures": ["GemmaForCausalLM"], "head_dim": 10, "hidden_act": "gelu_pytorch_tanh",
         "tie_word_embeddings": true})"},
    {"gemma3", plain::gemma3,
     R"({"architectures": ["Gemma3ForCausalLM"], "head_dim": 10, "hidden_activation": "gelu_pytorch_tanh",
         "query_pre_attn_scalar": 14, "sliding_window": 4, "sliding_window_pattern": 2,
         "rope_scaling": {"rope_type": "linear", "factor": 8.0}, "tie_word_embeddings": true})"},
    {"phi3", plain::phi3, R"({"architectures": ["Phi3ForCausalLM"], "sliding_window": 7})"},
    {"phi3_partial", plain::phi3, R"({"architectures": ["Phi3ForCausalLM"], "partial_rotary_factor": 0.75})"},
    {"phi3_longrope_short", plain::phi3,
     R"({"architectures": ["Phi3ForCausalLM"], "original_max_position_embeddings": 32, "rope_scaling":
         {"type": "longrope", "short_factor": [1.0, 1.1, 1.3, 1.9], "long_factor": [1.5, 2, 4, 8]}})"},
    {"phi3_longrope_long", plain::phi3,
     R"({"architectures": ["Phi3ForCausalLM"], "original_max_position_embeddings": 9, "rope_scaling":
         {"type": "su", "short_factor": [1.0, 1.1, 1.3, 1.9], "long_factor": [1.5, 2, 4, 8]}})"},
    {"olmo2", plain::olmo2, R"({"architectures": ["Olmo2ForCausalLM"]})"},
    {"stablelm", plain::stablelm,
     R"({"architectures": ["StableLmForCausalLM"], "layer_norm_eps": 1e-4, "use_qkv_bias": true,
         "partial_rotary_factor": 0.5})"},
    {"stablelm_parallel", plain::stablelm,
     R"({"architectures": ["StableLmForCausalLM"], "layer_norm_eps": 1e-4, "use_parallel_residual": true})"},
    {"starcoder2", plain::starcoder2,
     R"({"architectures": ["Starcoder2ForCausalLM"], "norm_epsilon": 1e-4, "sliding_window": 6,
         "tie_word_embeddings": true})"},
    {"phi", plain::phi, R"({"architectures": ["PhiForCausalLM"], "layer_norm_eps": 1e-4})"},
    {"gptj", plain::gptj,
     R"({"architectures": ["GPTJForCausalLM"], "n_layer": 2, "n_head": 4, "n_embd": 48, "rotary_dim": 8,
         "n_positions": 64, "layer_norm_epsilon": 1e-4})"},
    {"gpt_neo", plain::gpt_neo,
     R"({"architectures": ["GPTNeoForCausalLM"], "num_layers": 4, "num_heads": 4, "window_size": 5,
         "attention_types": [[["global", "local"], 2]], "layer_norm_epsilon": 1e-4, "intermediate_size": null,
         "tie_word_embeddings": true})"},
    {"opt", plain::opt,
     R"({"architectures": ["OPTForCausalLM"], "ffn_dim": 72, "tie_word_embeddings": true})"},
    {"opt_without_biases", plain::opt,
     R"({"architectures": ["OPTForCausalLM"], "ffn_dim": 72, "enable_bias": false, "tie_word_embeddings": true})"},
    {"bloom", plain::bloom,
     R"({"architectures": ["BloomForCausalLM"], "n_layer": 3, "n_head": 4, "layer_norm_epsilon": 1e-4,
         "tie_word_embeddings": true})"},
    {"bloom_six_heads", plain::bloom,
     R"({"architectures": ["BloomForCausalLM"], "n_layer": 2, "n_head": 6, "hidden_size": 48,
         "layer_norm_epsilon": 1e-4, "tie_word_embeddings": true})"},
    {"falcon_one_key_head", plain::falcon,
     R"({"architectures": ["FalconForCausalLM"], "layer_norm_epsilon": 1e-4, "tie_word_embeddings": true})"},
    {"falcon_groups", plain::falcon,
     R"({"architectures": ["FalconForCausalLM"], "new_decoder_architecture": true, "num_kv_heads": 2,
         "layer_norm_epsilon": 1e-4, "tie_word_embeddings": true})"},
    {"falcon_groups_one_norm", plain::falcon,
     R"({"architectures": ["FalconForCausalLM"], "new_decoder_architecture": true, "num_kv_heads": 2,
         "num_ln_in_parallel_attn": 1, "layer_norm_epsilon": 1e-4, "tie_word_embeddings": true})"},
    {"falcon_in_turn", plain::falcon,
     R"({"architectures": ["FalconForCausalLM"], "multi_query": false, "parallel_attn": false, "bias": true,
         "layer_norm_epsilon": 1e-4, "tie_word_embeddings": true})"},
};

std::vector<int> ids_of(int n, int salt = 0) {
  std::vector<int> ids;
  for (int i = 0; i < n; ++i) ids.push_back((i * i * 7 + i * 3 + 5 + salt) % 40);
  return ids;
}

double worst_difference(const Matrix& found, const plain::Rows& expected) {
  double worst = 0;
  for (Eigen::Index t = 0; t < found.rows(); ++t) {
    for (Eigen::Index i = 0; i < found.cols(); ++i) {
      const double e = expected[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)];
      const double error = std::abs(found(t, i) - e) / std::max(1.0, std::abs(e));
      worst = std::isfinite(error) ? std::max(worst, error) : 1e30;
    }
  }
  return worst;
}

class Family : public testing::TestWithParam<Case> {
 protected:
  Family() {
    std::string pattern = (fs::temp_directory_path() / "headscope-family-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    plain_.c.update(*parse_json(GetParam().patch, "patch"));
    GetParam().forward(plain_, ids_of(22));
    plain_.save(folder_);
  }
  ~Family() override { fs::remove_all(folder_); }

  fs::path folder_;
  plain::Plain plain_{kLlama};
};

TEST_P(Family, every_number_agrees_with_loops_over_doubles) {
  const ModelPtr model = loaded(folder_.string());
  ASSERT_TRUE(model);
  TraceOptions options;
  options.keep_hidden = options.keep_logits = true;
  const TracePtr trace = traced(*model, ids_of(22), options);
  ASSERT_EQ(trace->layers.size(), plain_.out.attn.size());
  double attn = 0, hidden = 0, peak = 0;
  for (std::size_t layer = 0; layer < trace->layers.size(); ++layer) {
    for (std::size_t head = 0; head < plain_.out.attn[layer].size(); ++head) {
      const Matrix weights = trace->layers[layer]->weights(static_cast<int>(head));
      attn = std::max(attn, worst_difference(weights, plain_.out.attn[layer][head]));
      peak = std::max<double>(peak, weights.bottomRows(1).maxCoeff());
    }
  }
  for (std::size_t i = 0; i < plain_.out.hidden.size(); ++i) {
    hidden = std::max(hidden, worst_difference(trace->hidden[i].matrix(), plain_.out.hidden[i]));
  }
  const double logits = worst_difference(trace->logits.matrix(), plain_.out.logits);
  std::printf("%-28s worst error:  attn %.1e  hidden %.1e  logits %.1e\n", GetParam().name, attn, hidden,
              logits);
  EXPECT_LE(attn, 2e-5);
  EXPECT_LE(hidden, 1e-4);
  EXPECT_LE(logits, 1e-4);
  EXPECT_GT(peak, 0.2) << "flat attention would prove little";
}

TEST_P(Family, edits_give_what_a_full_pass_gives) {
  const ModelPtr model = loaded(folder_.string()), fresh = loaded(folder_.string());
  ASSERT_TRUE(model && fresh);
  TraceOptions options;
  options.keep_logits = true;
  const std::vector<std::vector<int>> texts = {ids_of(7), ids_of(8), ids_of(22), ids_of(12),    ids_of(30),
                                               ids_of(8), ids_of(9), ids_of(31), ids_of(10, 3), ids_of(11)};
  std::vector<TracePtr> traces;
  for (const std::vector<int>& ids : texts) {
    if (static_cast<int>(ids.size()) > model->max_tokens()) continue;
    TraceOptions full;
    full.keep_logits = true;
    const TracePtr expected = traced(*fresh, ids, full);
    // After the trace before this one, and after the first of all, as after an undo.
    for (const TracePtr& previous :
         {traces.empty() ? nullptr : traces.back(), traces.empty() ? nullptr : traces.front()}) {
      options.previous = previous;
      const TracePtr found = traced(*model, ids, options);
      EXPECT_LE(weight_difference(*found, *expected), 1e-5);
      EXPECT_LE((found->logits.matrix() - expected->logits.matrix()).cwiseAbs().maxCoeff(), 1e-4);
      if (previous == (traces.empty() ? nullptr : traces.front())) traces.push_back(found);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Llamas, Family, testing::ValuesIn(kCases),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace headscope
