// Checkpoints that cannot be read as they are: each gets one sentence that says what is wrong or missing.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include "io/json.h"
#include "io/safetensors_writer.h"
#include "io/tensor_source.h"
#include "models/test_models.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

/// A folder of its own, gone at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "headscope-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }
  void write(const char* name, const std::string& text) const { std::ofstream(path_ / name) << text; }

 private:
  fs::path path_;
};

Error refused(const Folder& folder) {
  auto model = load_model(folder.path().string());
  EXPECT_FALSE(model.ok()) << "was loaded";
  if (model.ok()) return {};
  const Error& error = model.error();
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << "one sentence";
  EXPECT_FALSE(error.hint.empty()) << error.message;
  return error;
}

struct ConfigCase {
  const char *model, *patch, *message;
  ErrorCode code;
};

constexpr auto kBad = ErrorCode::Corrupt;
constexpr auto kNot = ErrorCode::Unsupported;

const ConfigCase kConfigs[] = {
    {"vit-tiny", R"({"hidden_size": 50})", "'hidden_size', 50, must be a multiple of", kBad},
    {"vit-tiny", R"({"image_size": 0})", "'image_size'", kBad},
    {"vit-tiny", R"({"image_size": 40})", "embeddings.position_embeddings", kBad},
    {"vit-tiny", R"({"patch_size": 64})", "'patch_size' is larger than 'image_size'", kBad},
    {"vit-tiny", R"({"hidden_act": "softsign"})", "the activation 'softsign'", kNot},
    {"vit-tiny", R"({"id2label": {"1": "cat"}})", "'id2label' must name each class", kBad},
    {"whisper-tiny-random", R"({"d_model": 50})", "'d_model', 50, must be a multiple of", kBad},
    {"whisper-tiny-random", R"({"num_mel_bins": 21})", "encoder.conv1.weight", kBad},
    {"whisper-tiny-random", R"({"decoder_start_token_id": 160})", "'decoder_start_token_id'", kBad},
    {"whisper-tiny-random", R"({"max_source_positions": null})", "'max_source_positions'", kBad},
    {"gpt2-tiny", R"({"architectures": ["MambaForCausalLM"]})", "the architecture 'MambaForCausalLM'", kNot},
    {"gpt2-tiny", R"({"architectures": null})", "'architectures' must be a list", kBad},
    {"gpt2-tiny", R"({"architectures": []})", "'architectures' must be a list", kBad},
    {"gpt2-tiny", R"({"architectures": [7]})", "'architectures' must be a list", kBad},
    {"gpt2-tiny", R"({"n_layer": null})", "'n_layer'", kBad},
    {"gpt2-tiny", R"({"n_layer": "six"})", "'n_layer'", kBad},
    {"gpt2-tiny", R"({"n_layer": 1e18})", "'n_layer'", kBad},
    {"gpt2-tiny", R"({"n_layer": 0})", "'n_layer'", kBad},
    {"gpt2-tiny", R"({"n_layer": 2.5})", "'n_layer'", kBad},
    {"gpt2-tiny", R"({"n_layer": 4})", "h.3.ln_1.weight' [48] is missing", ErrorCode::NotFound},
    {"gpt2-tiny", R"({"n_layer": 2})", "tensor 'transformer.h.2.", kBad},
    {"gpt2-tiny", R"({"n_head": 5})", "must be a multiple of 'n_head', 5", kBad},
    {"gpt2-tiny", R"({"n_embd": 96})", "expected shape [120, 96], found [120, 48]", kBad},
    {"gpt2-tiny", R"({"vocab_size": 121})", "expected shape [121, 48], found [120, 48]", kBad},
    {"gpt2-tiny", R"({"n_positions": 64})", "expected shape [64, 48], found [48, 48]", kBad},
    {"gpt2-tiny", R"({"n_inner": 100})", "expected shape [48, 100], found [48, 192]", kBad},
    {"gpt2-tiny", R"({"activation_function": "mish"})", "the activation 'mish'", kNot},
    {"gpt2-tiny", R"({"layer_norm_epsilon": -1})", "'layer_norm_epsilon'", kBad},
    {"gpt2-tiny", R"({"scale_attn_by_inverse_layer_idx": true})", "'scale_attn_by_inverse_layer_idx'", kNot},
    {"gpt2-tiny", R"({"add_cross_attention": true})", "'add_cross_attention'", kNot},
    {"gpt2-tiny", R"({"tie_word_embeddings": false})", "'lm_head.weight' [120, 48] is missing",
     ErrorCode::NotFound},
    {"gpt2-tiny", R"({"quantization_config": {"bits": 4}})", "'quantization_config'", kNot},
    {"llama-tiny", R"({"rope_scaling": {"rope_type": "mrope", "factor": 8.0}})",
     "'rope_scaling' of type 'mrope'", kNot},
    {"llama-tiny", R"({"rope_scaling": {"rope_type": "llama3", "factor": 8.0}})", "'low_freq_factor'", kBad},
    {"llama-tiny",
     R"({"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 4, "high_freq_factor": 1}})",
     "'high_freq_factor' must be larger", kBad},
    {"llama-tiny", R"({"rope_scaling": {"type": "linear", "factor": 0.5}})", "'factor'", kBad},
    {"llama-tiny", R"({"rope_scaling": {"type": "linear"}})", "'factor'", kBad},
    {"llama-tiny", R"({"rope_scaling": {"type": "linear", "factor": 2.0, "beta_fast": 3}})",
     "the option 'beta_fast' of 'rope_scaling'", kNot},
    {"llama-tiny", R"({"rope_scaling": {"type": "default", "mrope_section": [2, 2]}})",
     "the option 'mrope_section'", kNot},
    {"llama-tiny",
     R"({"rope_scaling": {"type": "yarn", "factor": 3.0, "original_max_position_embeddings": 16}})",
     "a 'factor' that is not 'max_position_embeddings' over", kNot},
    {"llama-tiny", R"({"rope_scaling": {"type": "longrope", "factor": 2.0, "long_factor": [1, 2]}})",
     "a list of positive numbers 'short_factor'", kBad},
    {"llama-tiny",
     R"({"rope_scaling": {"type": "longrope", "factor": 2.0, "long_factor": [1, 2], "short_factor": [1, 2]}})",
     "must have 4 numbers each, found 2", kBad},
    {"llama-tiny",
     R"({"rope_scaling": {"type": "longrope", "factor": 2, "long_factor": [0], "short_factor": [1]}})",
     "a list of positive numbers 'long_factor'", kBad},
    {"llama-tiny", R"({"rope_scaling": {"type": "yarn", "factor": 4}, "rope_theta": 1})",
     "must be larger than 1", kBad},
    {"llama-tiny",
     R"({"rope_scaling": {"type": "linear", "factor": 2.0}, "rope_parameters": {"type": "linear", "factor": 2.0}})",
     "both scale the positions", kBad},
    {"llama-tiny", R"({"rope_scaling": {"factor": 2.0}})", "'rope_scaling' of type 'unnamed'", kNot},
    {"llama-tiny", R"({"rope_scaling": 7})", "'rope_scaling' must be an object", kBad},
    {"llama-tiny", R"({"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4}})", "needs 'factor'",
     kBad},
    {"llama-tiny", R"({"rope_theta": 0})", "'rope_theta'", kBad},
    {"llama-tiny", R"({"num_key_value_heads": 3})", "multiple of the number of key/value heads, 3", kBad},
    {"llama-tiny", R"({"num_key_value_heads": 4})", "expected shape [32, 64], found [16, 64]", kBad},
    {"llama-tiny", R"({"head_dim": 7})", "an even number of features", kBad},
    {"llama-tiny", R"({"head_dim": 1048576})", "wider than any model", kBad},
    {"llama-tiny", R"({"attention_bias": true})", "q_proj.bias' [64] is missing", ErrorCode::NotFound},
    {"llama-tiny", R"({"mlp_bias": true})", "gate_proj.bias' [144] is missing", ErrorCode::NotFound},
    {"llama-tiny", R"({"tie_word_embeddings": true})", "'lm_head.weight' differs from", kBad},
    {"llama-tiny", R"({"layer_types": ["full_attention", "linear_attention", "full_attention"]})",
     "the layer type 'linear_attention'", kNot},
    {"llama-tiny", R"({"layer_types": ["full_attention"]})", "'layer_types' must be a list of 3", kBad},
    {"llama-tiny", R"({"layer_types": ["sliding_attention", "full_attention", "full_attention"]})",
     "'sliding_window' is missing", kBad},
    {"mistral-tiny", R"({"sliding_window": -4})", "'sliding_window'", kBad},
    {"qwen2-tiny", R"({"use_sliding_window": true, "sliding_window": 0})", "'sliding_window'", kBad},
    {"qwen2-tiny", R"({"use_sliding_window": true, "max_window_layers": -1})", "'max_window_layers'", kBad},
    {"qwen3-tiny", R"({"attention_bias": true})", "q_proj.bias' [64] is missing", ErrorCode::NotFound},
    {"gemma2-tiny", R"({"query_pre_attn_scalar": 0})", "'query_pre_attn_scalar'", kBad},
    {"neox-tiny", R"({"rotary_pct": 0.5})", "'rotary_pct' contradicts 'partial_rotary_factor'", kBad},
    {"neox-tiny", R"({"rotary_emb_base": 500})", "'rotary_emb_base' contradicts 'rope_theta'", kBad},
    {"llama-tiny", R"({"partial_rotary_factor": 0.5})", "'partial_rotary_factor' other than 1", kNot},
    {"llama-tiny", R"({"rope_parameters": {"rope_theta": 500}})", "'rope_theta' contradicts 'rope_theta'",
     kBad},
    {"neox-tiny", R"({"rotary_pct": 0.125, "partial_rotary_factor": 0.125, "rope_scaling":
         {"type": "dynamic", "factor": 2.0}})",
     "more than 2 rotary features", kBad},
    {"bert-tiny", R"({"position_embedding_type": "relative_key"})", "'position_embedding_type' other than",
     kNot},
    {"bert-tiny", R"({"is_decoder": true})", "'is_decoder'", kNot},
    {"bert-tiny", R"({"add_cross_attention": true})", "'add_cross_attention'", kNot},
    {"bert-tiny", R"({"hidden_act": "quick_gelu"})", "the activation 'quick_gelu'", kNot},
    {"bert-tiny", R"({"architectures": ["BertLMHeadModel"]})", "the architecture 'BertLMHeadModel'", kNot},
    {"bert-tiny", R"({"num_attention_heads": 5})", "must be a multiple of 'num_attention_heads', 5", kBad},
    {"bert-tiny", R"({"type_vocab_size": 3})", "expected shape [3, 48], found [2, 48]", kBad},
    {"bert-tiny", R"({"type_vocab_size": 0})", "'type_vocab_size'", kBad},
    {"bert-tiny", R"({"max_position_embeddings": 41})", "expected shape [41, 48], found [40, 48]", kBad},
    {"bert-tiny", R"({"num_hidden_layers": 2})", "tensor 'bert.encoder.layer.2.", kBad},
    {"bert-tiny", R"({"tie_word_embeddings": false})",
     "'cls.predictions.decoder.weight' [150, 48] is missing", ErrorCode::NotFound},
    {"distilbert-tiny", R"({"n_heads": 5})", "must be a multiple of 'n_heads', 5", kBad},
    {"distilbert-tiny", R"({"hidden_dim": 113})", "expected shape [113, 48], found [112, 48]", kBad},
    {"roberta-tiny", R"({"pad_token_id": 139})", "no position behind 'pad_token_id'", kBad},
    {"roberta-tiny", R"({"pad_token_id": 140})", "'pad_token_id'", kBad},
    {"roberta-tiny", R"({"max_position_embeddings": 60})", "expected shape [60, 48], found [42, 48]", kBad},
    {"t5-tiny", R"({"relative_attention_num_buckets": 32})", "expected shape [32, 4], found [16, 4]", kBad},
    {"t5-tiny", R"({"relative_attention_num_buckets": 2})", "'relative_attention_num_buckets'", kBad},
    {"t5-tiny", R"({"relative_attention_max_distance": 8})", "'relative_attention_max_distance'", kBad},
    {"t5-tiny", R"({"feed_forward_proj": "gated-gelu"})", "contradicts 'dense_act_fn'", kBad},
    {"t5-tiny", R"({"feed_forward_proj": "gated-gelu", "dense_act_fn": "gelu_new", "is_gated_act": true})",
     "DenseReluDense.wi_0.weight' [96, 48] is missing", ErrorCode::NotFound},
    {"t5-tiny", R"({"num_decoder_layers": 3})", "decoder.block.2.layer.0.layer_norm.weight' [48] is missing",
     ErrorCode::NotFound},
    {"t5-tiny", R"({"num_decoder_layers": 1})", "tensor 'decoder.block.1.", kBad},
    {"t5-tiny", R"({"d_kv": 13})", "expected shape [52, 48], found [48, 48]", kBad},
    {"t5-tiny", R"({"decoder_start_token_id": 128})", "'decoder_start_token_id'", kBad},
    {"t5-tiny", R"({"tie_word_embeddings": false})", "'lm_head.weight' [128, 48] is missing",
     ErrorCode::NotFound},
    {"t5-tiny", R"({"architectures": ["UMT5ForConditionalGeneration"]})", "the architecture 'UMT5For", kNot},
    {"bart-tiny", R"({"decoder_attention_heads": 5})", "must be a multiple of 'decoder_attention_heads', 5",
     kBad},
    {"bart-tiny", R"({"decoder_layers": 0})", "'decoder_layers'", kBad},
    {"bart-tiny", R"({"encoder_layers": 4})", "encoder.layers.3.self_attn_layer_norm.weight' [48] is missing",
     ErrorCode::NotFound},
    {"bart-tiny", R"({"max_position_embeddings": 40})", "expected shape [42, 48], found [50, 48]", kBad},
    {"bart-tiny", R"({"normalize_before": true})", "'normalize_before': true", kNot},
    {"bart-tiny", R"({"static_position_embeddings": true})", "'static_position_embeddings': true", kNot},
    {"bart-tiny", R"({"architectures": ["BartForSequenceClassification"]})", "the architecture 'BartForSeq",
     kNot},
    {"marian-tiny", R"({"share_encoder_decoder_embeddings": false})",
     "'share_encoder_decoder_embeddings': false", kNot},
    {"marian-tiny", R"({"decoder_vocab_size": 60})", "'decoder_vocab_size' other than 'vocab_size'", kNot},
    {"marian-tiny", R"({"architectures": ["MBartForConditionalGeneration"]})",
     "embed_positions.weight' [50, 64] is missing", ErrorCode::NotFound},
};

TEST(Refusal, configurations_that_do_not_fit_are_each_refused_in_a_sentence) {
  for (const ConfigCase& test : kConfigs) {
    SCOPED_TRACE(test.patch);
    const fs::path checkpoint = kFixtures + "checkpoints/" + test.model;
    auto config = read_json(checkpoint / "config.json");
    ASSERT_TRUE(config.ok());
    config->update(*parse_json(test.patch, "patch"));
    const Folder folder;
    folder.write("config.json", json_text(*config));
    fs::copy_file(checkpoint / "model.safetensors", folder.path() / "model.safetensors");
    const Error error = refused(folder);
    EXPECT_NE(error.message.find(test.message), std::string::npos) << error.message;
    EXPECT_EQ(error.code, test.code) << error.message;
  }
}

TEST(Refusal, newer_ways_to_write_the_same_settings_are_read) {
  const fs::path checkpoint = kFixtures + "checkpoints/llama-bf16-sharded";
  const TracePtr expected = traced(*loaded(checkpoint.string()), {5, 6, 7, 8, 9, 10});
  auto config = read_json(checkpoint / "config.json");
  config->erase("rope_theta");
  config->erase("rope_scaling");
  (*config)["rope_parameters"] = {{"rope_type", "default"}, {"rope_theta", 500000.0}};
  (*config)["layer_types"] = std::vector<std::string>(4, "full_attention");
  const Folder folder;
  fs::copy(checkpoint, folder.path(), fs::copy_options::recursive);
  fs::remove(folder.path() / "config.json");
  folder.write("config.json", json_text(*config));
  EXPECT_EQ(weight_difference(*expected, *traced(*loaded(folder.path().string()), {5, 6, 7, 8, 9, 10})), 0);
}

/// The weights after `patch`; keys in `absent` are taken out of the configuration.
TracePtr trace_with(const std::string& model, const char* patch, std::initializer_list<const char*> absent) {
  const fs::path checkpoint = kFixtures + "checkpoints/" + model;
  auto config = read_json(checkpoint / "config.json");
  config->update(*parse_json(patch, "patch"));
  for (const char* key : absent) config->erase(key);
  const Folder folder;
  folder.write("config.json", json_text(*config));
  fs::copy_file(checkpoint / "model.safetensors", folder.path() / "model.safetensors");
  TraceOptions options;
  options.keep_logits = true;
  return traced(*loaded(folder.path().string()), {5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, options);
}

TEST(Settings, a_field_that_is_absent_means_the_familys_default_and_null_means_none) {
  const TracePtr absent =
      trace_with("gemma2-tiny", "{}", {"attn_logit_softcapping", "final_logit_softcapping"});
  const TracePtr spelled =
      trace_with("gemma2-tiny", R"({"attn_logit_softcapping": 50, "final_logit_softcapping": 30})", {});
  const TracePtr none =
      trace_with("gemma2-tiny", R"({"attn_logit_softcapping": null, "final_logit_softcapping": null})", {});
  EXPECT_EQ(weight_difference(*absent, *spelled), 0);
  EXPECT_EQ(absent->logits.matrix(), spelled->logits.matrix());
  EXPECT_GT(weight_difference(*absent, *none), 0);
  EXPECT_NE(none->logits.matrix(), spelled->logits.matrix());

  const TracePtr windowless = trace_with("mistral-tiny", R"({"sliding_window": null})", {});
  EXPECT_EQ(weight_difference(*windowless, *trace_with("mistral-tiny", "{}", {"sliding_window"})), 0)
      << "4096";
  EXPECT_GT(weight_difference(*windowless, *trace_with("mistral-tiny", "{}", {})), 0);

  const TracePtr neox = trace_with("neox-tiny", "{}", {});
  const char* newer =
      R"({"rope_parameters": {"rope_type": "default", "rope_theta": 10000, "partial_rotary_factor": 0.25}})";
  EXPECT_EQ(weight_difference(
                *neox, *trace_with("neox-tiny", newer,
                                   {"rotary_pct", "rotary_emb_base", "rope_theta", "partial_rotary_factor"})),
            0);
}

/// gpt2-tiny's tensors, changed by `change` and written again.
template <class Change>
void rewrite(const Folder& folder, Change change) {
  const fs::path checkpoint = kFixtures + "checkpoints/gpt2-tiny";
  auto source = TensorSource::open(checkpoint);
  std::map<std::string, std::pair<TensorShape, std::vector<float>>> tensors;
  for (const std::string& name : source->names()) {
    const TensorView& tensor = *source->find(name);
    tensors[name] = {tensor.shape, *to_float(tensor)};
  }
  change(tensors);
  std::vector<FloatTensor> all;
  for (const auto& [name, tensor] : tensors) all.push_back({{name, DType::F32, tensor.first}, tensor.second});
  ASSERT_TRUE(write_safetensors(folder.path() / "model.safetensors", all).ok());
  fs::copy_file(checkpoint / "config.json", folder.path() / "config.json");
}

TEST(Refusal, every_tensor_is_accounted_for) {
  {
    const Folder folder;
    rewrite(folder, [](auto& tensors) { tensors.erase("transformer.h.1.mlp.c_fc.bias"); });
    EXPECT_EQ(refused(folder).message, "tensor 'transformer.h.1.mlp.c_fc.bias' [192] is missing");
  }
  {
    const Folder folder;
    rewrite(folder, [](auto& tensors) { tensors["transformer.h.1.adapter.weight"] = {{2}, {1, 2}}; });
    EXPECT_NE(refused(folder).message.find("'transformer.h.1.adapter.weight'"), std::string::npos);
  }
  {
    const Folder folder;
    rewrite(folder, [](auto& tensors) { tensors["transformer.h.0.ln_1.bias"].first = {2, 24}; });
    EXPECT_NE(refused(folder).message.find("expected shape [48], found [2, 24]"), std::string::npos);
  }
  for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    for (const char* name :
         {"transformer.h.2.mlp.c_proj.weight", "transformer.wte.weight", "transformer.ln_f.bias"}) {
      const Folder folder;
      rewrite(folder, [&](auto& tensors) { tensors[name].second[7] = bad; });
      EXPECT_EQ(refused(folder).message,
                std::string("tensor '") + name + "' holds a number that is not finite");
    }
  }
}

TEST(Refusal, masks_of_older_exports_and_missing_prefixes_do_no_harm) {
  const Folder folder;
  rewrite(folder, [](auto& tensors) {
    auto bare = tensors;
    tensors.clear();
    for (auto& [name, tensor] : bare) tensors[name.substr(std::string("transformer.").size())] = tensor;
    tensors["h.0.attn.bias"] = {{1, 1, 2, 2}, {1, 0, 1, 1}};
    tensors["h.0.attn.masked_bias"] = {{}, {-1e4f}};
  });
  const std::vector<int> ids = {5, 6, 7, 8};
  const TracePtr bare = traced(*loaded(folder.path().string()), ids);
  EXPECT_EQ(weight_difference(*bare, *traced(*loaded(kFixtures + "checkpoints/gpt2-tiny"), ids)), 0);
}

TEST(Refusal, folders_without_a_checkpoint_say_what_is_missing) {
  EXPECT_EQ(load_model("no-such-model").error().code, ErrorCode::NotFound);
  const Folder folder;
  EXPECT_NE(refused(folder).message.find("holds no config.json"), std::string::npos);
  folder.write("config.json", "[1, 2]");
  EXPECT_EQ(refused(folder).message, "config.json must be an object");
  folder.write("config.json", "{\"architectures\": ");
  EXPECT_EQ(refused(folder).code, ErrorCode::Corrupt);
  fs::remove(folder.path() / "config.json");
  fs::copy_file(kFixtures + "checkpoints/gpt2-tiny/config.json", folder.path() / "config.json");
  EXPECT_EQ(refused(folder).code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace headscope
