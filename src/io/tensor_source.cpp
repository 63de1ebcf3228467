#include "io/tensor_source.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <system_error>

#include "io/json.h"
#include "io/quote.h"

namespace headscope {
namespace fs = std::filesystem;

namespace {

constexpr const char* kSingleFile = "model.safetensors";
constexpr const char* kIndexFile = "model.safetensors.index.json";

Error corrupt_index(const fs::path& file, const std::string& what) {
  return {ErrorCode::Corrupt, quote(file.string(), 300) + ": " + what, "Download the checkpoint again"};
}

/// Names each tensor's shard, by shard, sorted. A shard is a plain file name: an index that points elsewhere
/// on the disk is refused.
Result<std::map<std::string, std::vector<std::string>>> read_index(const fs::path& path) {
  const Result<Json> index = read_json(path, {.max_depth = 8, .unique_keys = true});
  if (!index) return index.error();
  if (!index->is_object() || !index->contains("weight_map") || !(*index)["weight_map"].is_object()) {
    return corrupt_index(path, "expected an object 'weight_map' that names each tensor's file");
  }
  std::map<std::string, std::vector<std::string>> tensors_of_shard;
  for (const auto& [tensor, file] : (*index)["weight_map"].items()) {
    if (!file.is_string()) {
      return corrupt_index(
          path, "weight_map " + quote(tensor) + " must name a file, found " + quote(json_text(file, -1), 60));
    }
    const auto& name = file.get_ref<const std::string&>();
    const bool plain =
        !name.empty() && name.front() != '.' && name.find_first_of(std::string("/\\\0", 3)) == name.npos;
    if (!plain) {
      return corrupt_index(
          path, "weight_map " + quote(tensor) + " must name a file beside it, found " + quote(name));
    }
    tensors_of_shard[name].push_back(tensor);
  }
  if (tensors_of_shard.empty()) return corrupt_index(path, "weight_map names no tensor");
  return tensors_of_shard;
}

/// What to say about a folder without safetensors.
Error nothing_in(const fs::path& folder) {
  std::error_code ignored;
  const auto unread = [&](const std::string& file, const std::string& hint) {
    return Error{
        ErrorCode::Unsupported,
        quote(folder.string(), 300) + " holds " + file + ", which is not read here; expected " + kSingleFile,
        hint};
  };
  for (const char* old : {"pytorch_model.bin", "pytorch_model.bin.index.json"}) {
    if (!fs::exists(folder / old, ignored)) continue;
    return unread(old,
                  "Convert it once: python3 -c \"from transformers import AutoModelForCausalLM as M; "
                  "M.from_pretrained('.').save_pretrained('.')\" in that folder (AutoModel for models that "
                  "write no text)");
  }
  for (const char* other : {"tf_model.h5", "flax_model.msgpack", "model.onnx"}) {
    if (fs::exists(folder / other, ignored)) {
      return unread(other, "Save the model as safetensors (save_pretrained with safe_serialization=True)");
    }
  }
  return {ErrorCode::NotFound, quote(folder.string(), 300) + " holds no " + kSingleFile,
          "Name a folder that a checkpoint was downloaded to"};
}

}  // namespace

Result<TensorSource> TensorSource::open(const fs::path& file_or_folder) {
  fs::path path = file_or_folder;
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (fs::exists(path / kIndexFile, ignored))
      path /= kIndexFile;
    else if (fs::exists(path / kSingleFile, ignored))
      path /= kSingleFile;
    else
      return nothing_in(path);
  }
  TensorSource source;
  if (path.extension() != ".json") {
    Result<SafetensorsFile> file = SafetensorsFile::open(path);
    if (!file) return file.error();
    source.files_.push_back(std::move(*file));
    return source;
  }

  const auto shards = read_index(path);
  if (!shards) return shards.error();
  std::map<std::string, std::string> shard_of_tensor;
  for (const auto& [shard, tensors] : *shards) {
    Result<SafetensorsFile> file = SafetensorsFile::open(path.parent_path() / shard);
    if (!file) return file.error();
    for (const std::string& tensor : tensors) {
      if (!file->find(tensor))
        return corrupt_index(path, "tensor " + quote(tensor) + " is not in " + quote(shard));
    }
    for (const TensorView& tensor : file->tensors()) {
      const auto [other, is_new] = shard_of_tensor.emplace(tensor.name, shard);
      if (!is_new) {
        return corrupt_index(path, "tensor " + quote(tensor.name) + " is in both " + quote(other->second) +
                                       " and " + quote(shard));
      }
    }
    source.files_.push_back(std::move(*file));
  }
  return source;
}

const TensorView* TensorSource::find(std::string_view name) const {
  for (const SafetensorsFile& file : files_) {
    if (const TensorView* tensor = file.find(name)) return tensor;
  }
  return nullptr;
}

Result<TensorView> TensorSource::require(std::string_view name, const TensorShape& shape) const {
  const TensorView* tensor = find(name);
  if (!tensor) {
    return Error{ErrorCode::NotFound, "tensor " + quote(name) + " " + shape_text(shape) + " is missing",
                 "Check that config.json belongs to this checkpoint and that the model was exported whole"};
  }
  if (tensor->shape != shape) {
    return Error{ErrorCode::Corrupt,
                 "tensor " + quote(name) + ": expected shape " + shape_text(shape) + ", found " +
                     shape_text(tensor->shape),
                 "Check that config.json belongs to this checkpoint"};
  }
  return *tensor;
}

Result<std::vector<float>> TensorSource::require_float(std::string_view name,
                                                       const TensorShape& shape) const {
  const Result<TensorView> tensor = require(name, shape);
  if (!tensor) return tensor.error();
  return to_float(*tensor);
}

Status TensorSource::read(const TensorView& tensor, std::size_t first, std::span<std::byte> into) const {
  const auto file =
      std::ranges::find_if(files_, [&](const SafetensorsFile& candidate) { return candidate.holds(tensor); });
  assert(file != files_.end());
  return file->read(tensor, first, into);
}

void TensorSource::let_go(const TensorView& tensor) const {
  for (const SafetensorsFile& file : files_) file.let_go(tensor);
}

std::vector<std::string> TensorSource::names() const {
  std::vector<std::string> names;
  for (const SafetensorsFile& file : files_) {
    for (const TensorView& tensor : file.tensors()) names.push_back(tensor.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace headscope
