#include "training/checkpoint.h"

#include <charconv>
#include <string>

#include "io/safetensors.h"
#include "io/safetensors_writer.h"

namespace headscope {
namespace {

std::span<const float> values_of(const DecoderParams<float>& params) {
  return {params.values().data(), static_cast<std::size_t>(params.values().size())};
}

template <class Number>
bool read_number(const std::map<std::string, std::string>& metadata, const std::string& key, Number& out) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return false;
  const std::string& text = found->second;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Status save_checkpoint(const std::filesystem::path& path, TrainingState& state, const CheckpointHead& info) {
  const TensorShape shape = {state.params.values().size()};
  const FloatTensor tensors[] = {{{"params", DType::F32, shape}, values_of(state.params)},
                                 {{"adam.mean", DType::F32, shape}, values_of(state.mean)},
                                 {{"adam.square", DType::F32, shape}, values_of(state.square)}};
  return write_safetensors(path, tensors,
                           {{"step", std::to_string(state.step)},
                            {"recipe", std::to_string(info.recipe_fingerprint)},
                            {"seconds", std::to_string(info.time.elapsed)},
                            {"processor_seconds", std::to_string(info.time.processor)}});
}

Result<CheckpointHead> load_checkpoint(const std::filesystem::path& path, std::uint64_t recipe_fingerprint,
                                       TrainingState& state) {
  const auto file = SafetensorsFile::open(path);
  if (!file) return file.error();
  CheckpointHead info;
  int step = 0;
  if (!read_number(file->metadata(), "step", step) || step < 0 ||
      !read_number(file->metadata(), "recipe", info.recipe_fingerprint) ||
      !read_number(file->metadata(), "seconds", info.time.elapsed) ||
      !read_number(file->metadata(), "processor_seconds", info.time.processor)) {
    return Error{ErrorCode::Corrupt,
                 "'" + path.string() + "' is no training checkpoint: its step or its time is missing",
                 "Remove it to train from the start"};
  }
  if (info.recipe_fingerprint != recipe_fingerprint) {
    return Error{ErrorCode::InvalidArgument, "'" + path.string() + "' belongs to another recipe",
                 "Choose another folder, or remove the file to train from the start"};
  }
  for (auto [name, params] : {std::pair("params", &state.params), std::pair("adam.mean", &state.mean),
                              std::pair("adam.square", &state.square)}) {
    const TensorView* tensor = file->find(name);
    if (!tensor || tensor->dtype != DType::F32 || tensor->n_elements() != params->values().size()) {
      return Error{ErrorCode::Corrupt,
                   "'" + path.string() + "': tensor '" + name + "' is missing or has another size",
                   "Remove it to train from the start"};
    }
    auto values = to_float(*tensor);
    if (!values) return values.error();
    params->values() = Eigen::Map<const Eigen::ArrayXf>(values->data(), params->values().size());
  }
  state.step = step;
  return info;
}

}  // namespace headscope
