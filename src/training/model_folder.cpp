#include "training/model_folder.h"

#include <string>
#include <vector>

#include "io/atomic_write.h"
#include "io/json.h"
#include "io/mapped_file.h"
#include "io/safetensors_writer.h"
#include "io/tensor_source.h"

namespace headscope {
namespace {

/// One tensor of the checkpoint, and where it lies in the parameters.
struct Entry {
  std::string name;
  RowMap<float> values;
  bool is_vector = false;  ///< a norm: [d_model] instead of [1, d_model]

  TensorShape shape() const {
    return is_vector ? TensorShape{values.cols()} : TensorShape{values.rows(), values.cols()};
  }
};

/// Rows `part` of `parts` equal bands: q, k, v lie in one matrix here and in three in the file.
RowMap<float> band(RowMap<float> whole, int part, int parts) {
  const Eigen::Index rows = whole.rows() / parts;
  return {whole.data() + part * rows * whole.cols(), rows, whole.cols()};
}

std::vector<Entry> entries(DecoderParams<float>& p) {
  std::vector<Entry> list = {{"model.embed_tokens.weight", p.embedding()}};
  for (int l = 0; l < p.shape().n_layers; ++l) {
    const std::string layer = "model.layers." + std::to_string(l) + ".";
    list.push_back({layer + "input_layernorm.weight", p.attention_norm(l), true});
    list.push_back({layer + "self_attn.q_proj.weight", band(p.qkv(l), 0, 3)});
    list.push_back({layer + "self_attn.k_proj.weight", band(p.qkv(l), 1, 3)});
    list.push_back({layer + "self_attn.v_proj.weight", band(p.qkv(l), 2, 3)});
    list.push_back({layer + "self_attn.o_proj.weight", p.out(l)});
    list.push_back({layer + "post_attention_layernorm.weight", p.mlp_norm(l), true});
    list.push_back({layer + "mlp.gate_proj.weight", band(p.gate_up(l), 0, 2)});
    list.push_back({layer + "mlp.up_proj.weight", band(p.gate_up(l), 1, 2)});
    list.push_back({layer + "mlp.down_proj.weight", p.down(l)});
  }
  list.push_back({"model.norm.weight", p.final_norm(), true});
  return list;
}

Json config_of(const DecoderShape& s, TokenId bos) {
  return {{"architectures", {"LlamaForCausalLM"}},
          {"model_type", "llama"},
          {"hidden_act", "silu"},
          {"hidden_size", s.d_model},
          {"intermediate_size", s.d_ff},
          {"num_hidden_layers", s.n_layers},
          {"num_attention_heads", s.n_heads},
          {"num_key_value_heads", s.n_heads},
          {"head_dim", s.head_dim()},
          {"max_position_embeddings", s.max_tokens},
          {"vocab_size", s.vocab_size},
          {"rms_norm_eps", s.norm_eps},
          {"rope_theta", s.rope_theta},
          {"tie_word_embeddings", true},
          {"attention_bias", false},
          {"mlp_bias", false},
          {"bos_token_id", bos},
          {"eos_token_id", bos},
          {"torch_dtype", "float16"}};
}

}  // namespace

Status write_model_folder(const std::filesystem::path& folder, DecoderParams<float>& params,
                          const WordTokenizer& tokenizer) {
  std::vector<FloatTensor> tensors;
  for (const Entry& entry : entries(params)) {
    tensors.push_back({{entry.name, DType::F16, entry.shape()},
                       {entry.values.data(), static_cast<std::size_t>(entry.values.size())}});
  }
  if (Status s = write_safetensors(folder / "model.safetensors", tensors, {{"format", "pt"}}); !s) return s;
  if (Status s = write_file_atomically(folder / "tokenizer.json", tokenizer.to_json()); !s) return s;
  return write_file_atomically(folder / "config.json",
                               json_text(config_of(params.shape(), tokenizer.bos())) + "\n");
}

Result<TrainedModel> read_model_folder(const std::filesystem::path& folder) {
  const auto config = read_json(folder / "config.json");
  if (!config) return config.error();
  JsonFields fields(*config, "config.json");
  DecoderShape shape;
  shape.vocab_size = static_cast<int>(fields.integer("vocab_size", 1, 1'000'000));
  shape.d_model = static_cast<int>(fields.integer("hidden_size", 2, 4096));
  shape.n_layers = static_cast<int>(fields.integer("num_hidden_layers", 1, 64));
  shape.n_heads = static_cast<int>(fields.integer("num_attention_heads", 1, 64));
  shape.d_ff = static_cast<int>(fields.integer("intermediate_size", 1, 16384));
  shape.max_tokens = static_cast<int>(fields.integer("max_position_embeddings", 1, 8192));
  shape.rope_theta = fields.number("rope_theta", 1, 1e9);
  shape.norm_eps = fields.number("rms_norm_eps", 1e-12, 1);
  if (!fields.status()) return fields.status().error();
  const auto text = MappedFile::open(folder / "tokenizer.json");
  if (!text) return text.error();
  auto tokenizer = WordTokenizer::from_json(text->text());
  if (!tokenizer) return tokenizer.error();
  const auto source = TensorSource::open(folder);
  if (!source) return source.error();
  TrainedModel model{DecoderParams<float>(shape), std::static_pointer_cast<const WordTokenizer>(*tokenizer)};
  for (Entry& entry : entries(model.params)) {
    const auto values = source->require_float(entry.name, entry.shape());
    if (!values) return values.error();
    entry.values =
        Eigen::Map<const RowMatrix<float>>(values->data(), entry.values.rows(), entry.values.cols());
  }
  return model;
}

}  // namespace headscope
