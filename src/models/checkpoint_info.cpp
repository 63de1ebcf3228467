#include "models/checkpoint_info.h"

#include <algorithm>
#include <set>

#include "io/json.h"
#include "io/quote.h"
#include "io/tensor_source.h"
#include "models/family.h"
#include "tokenizers/load_tokenizer.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

void describe_weights(const TensorSource& source, CheckpointInfo& info) {
  std::set<std::string> types;
  for (const SafetensorsFile& file : source.files()) {
    for (const TensorView& tensor : file.tensors()) {
      types.insert(std::string(dtype_name(tensor.dtype)));
      info.n_params += tensor.n_elements();
      info.file_bytes += static_cast<std::int64_t>(tensor.bytes.size());
    }
  }
  for (const std::string& type : types) info.storage += (info.storage.empty() ? "" : ", ") + type;
  info.memory_bytes = info.file_bytes;
}

/// Rows of an embedding are looked up in the file; a tied one is in memory once, as the output.
std::int64_t bytes_left_in_file(const TransformerConfig& config, double bytes_a_number) {
  double n = 0;
  if (!config.tied_output) n += static_cast<double>(config.vocab_size) * config.d_model;
  if (config.position == PositionKind::Learned) n += static_cast<double>(config.max_tokens) * config.d_model;
  return static_cast<std::int64_t>(n * bytes_a_number);
}

void describe_tokenizer(const fs::path& folder, CheckpointInfo& info) {
  std::error_code ignored;
  const fs::path file = folder / "tokenizer.json";
  const bool any =
      std::ranges::any_of(std::initializer_list<const char*>{"tokenizer.json", "vocab.json", "vocab.txt"},
                          [&](const char* name) { return fs::exists(folder / name, ignored); });
  if (!any) {
    info.tokenizer = "none: texts are ids as numbers";
    return;
  }
  const auto tokenizer = load_tokenizer(folder);
  if (!tokenizer) {
    info.tokenizer = "not read";
    info.problems.push_back(tokenizer.error().message);
    return;
  }
  std::string kind = "from vocab files";
  if (const auto json = read_json(file); json && json->is_object() && json->contains("model")) {
    const Json& model = (*json)["model"];
    const Json type = model.is_object() ? model.value("type", Json()) : Json();
    kind = type.is_string() ? type.get<std::string>() : model.contains("merges") ? "BPE" : "unnamed kind";
  }
  info.tokenizer = kind + ", " + std::to_string((*tokenizer)->vocab_size()) + " tokens";
}

}  // namespace

Result<CheckpointInfo> inspect_checkpoint(const fs::path& folder, bool with_tokenizer) {
  const auto config = read_json(folder / "config.json");
  if (!config) return config.error();
  const auto family = read_family(*config);
  CheckpointInfo info;
  const Json names = config->is_object() ? config->value("architectures", Json()) : Json();
  if (!names.is_array() || names.empty() || !names[0].is_string()) return family.error();
  info.architecture = names[0];
  if (!family) info.problems.push_back(family.error().message);

  const auto source = TensorSource::open(folder);
  if (source) {
    describe_weights(*source, info);
  } else {
    info.problems.push_back(source.error().message);
  }
  if (family) {
    const TransformerConfig& first = family->config;
    const TransformerConfig& last = family->decoder ? family->decoder->config : first;
    info.shape = trace_shape(last);
    if (family->decoder) info.encoder = trace_shape(first);
    info.max_tokens = last.max_tokens;
    if (family->patches) info.input = InputKind::Picture;
    if (family->sound) info.input = InputKind::Sound;
    if (info.n_params > 0) {
      const double bytes = static_cast<double>(info.file_bytes) / static_cast<double>(info.n_params);
      info.memory_bytes -= std::min(info.memory_bytes, bytes_left_in_file(last, bytes));
    }
  }
  if (with_tokenizer) describe_tokenizer(folder, info);
  return info;
}

}  // namespace headscope
