// One good folder, broken in one place at a time: each is refused in one sentence that names the place.
// What config.json may say is in refusal_test.cpp.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "io/json.h"
#include "models/test_models.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

const char* const kWeights = "model.safetensors";
const char* const kIndex = "model.safetensors.index.json";
const char* const kShard = "model-00002-of-00004.safetensors";

std::string bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Parses a file, lets `change` at it, writes it back.
void edit_json(const fs::path& path, const std::function<void(Json&)>& change) {
  Json json = *read_json(path);
  change(json);
  write(path, json_text(json));
}

/// The same for the header of a safetensors file; the numbers stay as they are.
void edit_header(const fs::path& path, const std::function<void(Json&)>& change) {
  const std::string bytes = bytes_of(path);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  Json header = *parse_json(bytes.substr(8, length), "header");
  change(header);
  const std::string text = header.dump(), numbers = bytes.substr(8 + length);
  length = text.size();
  write(path, std::string(reinterpret_cast<const char*>(&length), 8) + text + numbers);
}

struct Broken {
  const char* name;
  const char* checkpoint;  ///< below fixtures/checkpoints
  std::function<void(const fs::path& folder)> change;
  const char* sentence;  ///< a part of it
};

const char* const kGpt = "text-gpt2";
const char* const kShards = "llama-bf16-sharded";
const char* const kQuery = "model.layers.1.self_attn.q_proj.weight";

const Broken kBroken[] = {
    // config.json
    {"no_config", kGpt, [](const fs::path& f) { fs::remove(f / "config.json"); }, "holds no config.json"},
    {"empty_config", kGpt, [](const fs::path& f) { write(f / "config.json", ""); }, "config.json"},
    {"half_a_config", kGpt, [](const fs::path& f) { write(f / "config.json", "{\"n_layer\": 2,"); },
     "not valid JSON"},
    {"config_is_a_folder", kGpt,
     [](const fs::path& f) { fs::remove(f / "config.json"), fs::create_directory(f / "config.json"); },
     "holds no config.json"},
    {"config_without_sizes", kGpt,
     [](const fs::path& f) { write(f / "config.json", R"({"architectures": ["GPT2LMHeadModel"]})"); },
     "'n_layer'"},
    {"huge_sizes", kGpt,
     [](const fs::path& f) {
       edit_json(f / "config.json", [](Json& j) { j["n_embd"] = 1 << 20, j["vocab_size"] = 1 << 24; });
     },
     "expected shape [16777216, 1048576], found [1000, 48]"},
    {"mixture_of_experts", kShards,
     [](const fs::path& f) {
       edit_json(f / "config.json", [](Json& j) { j["architectures"] = {"MixtralForCausalLM"}; });
     },
     "the architecture 'MixtralForCausalLM' is not supported"},
    // The files of weights
    {"no_weights", kGpt, [](const fs::path& f) { fs::remove(f / kWeights); }, "holds no model.safetensors"},
    {"old_weights", kGpt, [](const fs::path& f) { fs::rename(f / kWeights, f / "pytorch_model.bin"); },
     "holds pytorch_model.bin, which is not read here"},
    {"empty_weights", kGpt, [](const fs::path& f) { write(f / kWeights, ""); }, "has 0 bytes"},
    {"weights_of_another_kind", kGpt,
     [](const fs::path& f) { write(f / kWeights, "PK\x03\x04 this is a zip archive, as torch.save writes"); },
     "the header claims"},
    {"header_cut_short", kGpt, [](const fs::path& f) { fs::resize_file(f / kWeights, 100); },
     "the file is cut short"},
    {"numbers_cut_short", kGpt,
     [](const fs::path& f) { fs::resize_file(f / kWeights, fs::file_size(f / kWeights) - 1000); },
     "model.safetensors"},
    {"numbers_too_many", kGpt,
     [](const fs::path& f) { write(f / kWeights, bytes_of(f / kWeights) + "tail"); }, "model.safetensors"},
    {"header_is_no_json", kGpt,
     [](const fs::path& f) {
       std::string bytes = bytes_of(f / kWeights);
       bytes[9] = '?';
       write(f / kWeights, bytes);
     },
     "not valid JSON"},
    {"unknown_type", kGpt,
     [](const fs::path& f) {
       edit_header(f / kWeights, [](Json& j) { j["transformer.ln_f.bias"]["dtype"] = "Q4_K"; });
     },
     "'Q4_K'"},
    {"eight_bit_floats", kGpt,
     [](const fs::path& f) {
       edit_header(f / kWeights, [](Json& j) {
         j["transformer.ln_f.bias"]["dtype"] = "F8_E4M3";
         j["transformer.ln_f.bias"]["shape"] = {192};
       });
     },
     "expected shape [48], found [192]"},
    {"tensor_missing", kGpt,
     [](const fs::path& f) {
       edit_header(f / kWeights, [](Json& j) {
         j["transformer.other"] = j["transformer.h.1.mlp.c_fc.bias"];
         j.erase("transformer.h.1.mlp.c_fc.bias");
       });
     },
     "tensor 'transformer.h.1.mlp.c_fc.bias' [192] is missing"},
    {"tensor_nobody_asked_for", kGpt,
     [](const fs::path& f) {
       const auto end = fs::file_size(f / kWeights);
       std::uint64_t length = 0;
       std::memcpy(&length, bytes_of(f / kWeights).data(), 8);
       write(f / kWeights, bytes_of(f / kWeights) + std::string(8, '\0'));
       edit_header(f / kWeights, [&](Json& j) {
         j["lora.A"] = {{"dtype", "F32"}, {"shape", {2}}, {"data_offsets", {end - 8 - length, end - length}}};
       });
     },
     "tensor 'lora.A' is in the file, but this architecture has none of that name"},
    {"turned_around", kGpt,
     [](const fs::path& f) {
       edit_header(f / kWeights, [](Json& j) {
         j["transformer.h.0.attn.c_attn.weight"]["shape"] = {144, 48};
       });
     },
     "'transformer.h.0.attn.c_attn.weight': expected shape [48, 144], found [144, 48]"},
    {"shape_that_does_not_fit_the_bytes", kGpt,
     [](const fs::path& f) {
       edit_header(f / kWeights, [](Json& j) { j["transformer.ln_f.weight"]["shape"] = {49}; });
     },
     "'transformer.ln_f.weight'"},
    {"negative_shape", kGpt,
     [](const fs::path& f) {
       edit_header(f / kWeights, [](Json& j) { j["transformer.ln_f.weight"]["shape"] = {-48}; });
     },
     "'transformer.ln_f.weight'"},
    {"offsets_that_overlap", kGpt,
     [](const fs::path& f) {
       edit_header(f / kWeights, [](Json& j) {
         j["transformer.ln_f.bias"]["data_offsets"] = j["transformer.ln_f.weight"]["data_offsets"];
       });
     },
     "model.safetensors"},
    {"not_a_number", kGpt,
     [](const fs::path& f) {
       std::string bytes = bytes_of(f / kWeights);
       const std::uint32_t nan = 0x7FC00000;
       std::memcpy(bytes.data() + bytes.size() - 400, &nan, sizeof nan);
       write(f / kWeights, bytes);
     },
     "holds a number that is not finite"},
    // Shards and their index
    {"a_shard_is_missing", kShards, [](const fs::path& f) { fs::remove(f / kShard); }, kShard},
    {"a_shard_is_another", kShards,
     [](const fs::path& f) {
       fs::copy_file(f / "model-00001-of-00004.safetensors", f / kShard,
                     fs::copy_options::overwrite_existing);
     },
     "is not in 'model-00002-of-00004.safetensors'"},
    {"a_shard_is_cut", kShards, [](const fs::path& f) { fs::resize_file(f / kShard, 2000); }, kShard},
    {"index_is_no_json", kShards, [](const fs::path& f) { write(f / kIndex, "weights: yes"); },
     "not valid JSON"},
    {"index_without_map", kShards, [](const fs::path& f) { write(f / kIndex, R"({"metadata": {}})"); },
     "expected an object 'weight_map'"},
    {"index_of_nothing", kShards, [](const fs::path& f) { write(f / kIndex, R"({"weight_map": {}})"); },
     "weight_map names no tensor"},
    {"index_names_no_file", kShards,
     [](const fs::path& f) { edit_json(f / kIndex, [](Json& j) { j["weight_map"][kQuery] = 3; }); },
     "must name a file, found '3'"},
    {"index_leads_elsewhere", kShards,
     [](const fs::path& f) {
       edit_json(f / kIndex, [](Json& j) { j["weight_map"][kQuery] = "../../secret.safetensors"; });
     },
     "must name a file beside it"},
    {"index_is_of_another_model", kShards,
     [](const fs::path& f) {
       edit_json(f / kIndex, [](Json& j) { j["weight_map"]["model.layers.9.q.weight"] = kShard; });
     },
     "'model.layers.9.q.weight' is not in"},
    {"a_tensor_in_two_shards", kShards,
     [](const fs::path& f) {
       fs::copy_file(f / kShard, f / "extra.safetensors");
       edit_json(f / kIndex, [](Json& j) {
         for (auto& [name, file] : j["weight_map"].items()) {
           if (file == kShard) {
             j["weight_map"][name] = "extra.safetensors";
             break;
           }
         }
       });
     },
     "is in both"},
    // The tokenizer
    {"half_a_tokenizer", kGpt, [](const fs::path& f) { fs::resize_file(f / "tokenizer.json", 500); },
     "not valid JSON"},
    {"tokenizer_of_an_unknown_kind", kGpt,
     [](const fs::path& f) {
       edit_json(f / "tokenizer.json", [](Json& j) { j["model"]["type"] = "Oracle"; });
     },
     "'Oracle'"},
    {"tokenizer_without_model", kGpt,
     [](const fs::path& f) { edit_json(f / "tokenizer.json", [](Json& j) { j.erase("model"); }); },
     "tokenizer.json"},
    {"tokenizer_with_a_wrong_id", kGpt,
     [](const fs::path& f) {
       edit_json(f / "tokenizer.json", [](Json& j) { j["model"]["vocab"]["!"] = -1; });
     },
     "tokenizer.json"},
    {"tokenizer_with_a_merge_of_unknown_parts", kGpt,
     [](const fs::path& f) {
       edit_json(f / "tokenizer.json", [](Json& j) { j["model"]["merges"].push_back("qq zz"); });
     },
     "tokenizer.json"},
    {"tokenizer_with_an_unknown_step", kGpt,
     [](const fs::path& f) {
       edit_json(f / "tokenizer.json", [](Json& j) { j["pre_tokenizer"] = {{"type", "Mystery"}}; });
     },
     "'Mystery'"},
};

class BrokenCheckpoint : public testing::TestWithParam<Broken> {
 protected:
  BrokenCheckpoint() {
    std::string pattern = (fs::temp_directory_path() / "headscope-broken-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    fs::copy(kFixtures + "checkpoints/" + GetParam().checkpoint, folder_, fs::copy_options::recursive);
    for (const auto& entry : fs::directory_iterator(folder_)) {
      fs::permissions(entry, fs::perms::owner_write, fs::perm_options::add);
    }
  }
  ~BrokenCheckpoint() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_P(BrokenCheckpoint, is_refused_in_one_sentence_that_names_the_place) {
  GetParam().change(folder_);
  const auto model = load_model(folder_.string());
  ASSERT_FALSE(model.ok()) << "was loaded";
  const Error& error = model.error();
  EXPECT_NE(error.message.find(GetParam().sentence), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find('\n'), std::string::npos) << error.message;
  EXPECT_LT(error.message.size(), 700u) << error.message;
  EXPECT_FALSE(error.hint.empty()) << error.message;
}

INSTANTIATE_TEST_SUITE_P(Table, BrokenCheckpoint, testing::ValuesIn(kBroken),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(OldCheckpoint, is_refused_with_the_line_that_converts_it) {
  std::string pattern = (fs::temp_directory_path() / "headscope-broken-XXXXXX").string();
  const fs::path folder = mkdtemp(pattern.data());
  fs::copy_file(kFixtures + "checkpoints/text-gpt2/config.json", folder / "config.json");
  write(folder / "pytorch_model.bin", "PK");
  const auto model = load_model(folder.string());
  ASSERT_FALSE(model.ok());
  EXPECT_NE(model.error().hint.find("python"), std::string::npos) << model.error().hint;
  EXPECT_NE(model.error().hint.find("save_pretrained"), std::string::npos) << model.error().hint;
  fs::remove_all(folder);
}

}  // namespace
}  // namespace headscope
