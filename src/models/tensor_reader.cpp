#include "models/tensor_reader.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <mutex>

#include "core/aligned_buffer.h"
#include "io/quote.h"
#include "models/narrow_weights.h"
#include "models/stored_weights.h"

namespace headscope {
namespace {

/// Numbers that one thread looks through or widens at a time.
constexpr std::size_t kBlock = std::size_t{1} << 18;

/// Calls body(first, n) for blocks that tile [0, size), on the threads of the
/// pool.
template <class Body>
void for_blocks(ThreadPool& pool, std::size_t size, Body body) {
  const int n_blocks = static_cast<int>((size + kBlock - 1) / kBlock);
  pool.parallel_for(n_blocks, [&](int block) {
    const std::size_t first = static_cast<std::size_t>(block) * kBlock;
    body(first, std::min(kBlock, size - first));
  });
}

/// Rows of that many bytes which are read at a time.
int rows_of_a_piece(std::size_t row_bytes) {
  constexpr auto kStep = static_cast<std::size_t>(LinearPacker::kPieceRows);
  const std::size_t steps = kStoredPieceBytes / std::max<std::size_t>(1, row_bytes * kStep);
  return static_cast<int>(kStep * std::clamp<std::size_t>(steps, 1, 1024));
}

}  // namespace

LoadWatch::LoadWatch(std::shared_ptr<const TensorSource> source, ThreadPool& p, const LoadOptions& o)
    : pool(p), options(o), keep(std::move(source)) {
  if (options.reading == WeightReading::AsUsed) fault = std::make_shared<FirstError>();
  for (const SafetensorsFile& file : keep->files()) {
    for (const TensorView& tensor : file.tensors()) n_bytes += static_cast<double>(tensor.bytes.size());
  }
}

Status LoadWatch::begin(const std::string& name, const TensorView* tensor) {
  if (options.stop.stop_requested())
    return Error{ErrorCode::Cancelled, "loading was stopped", "Open it again"};
  if (!used.insert(name).second || !tensor) return {};
  if (options.on_progress && n_bytes > 0) options.on_progress(static_cast<float>(n_done / n_bytes));
  n_done += static_cast<double>(tensor->bytes.size());
  touched.push_back(tensor);
  return {};
}

void LoadWatch::let_go() {
  for (const TensorView* tensor : touched) keep->let_go(*tensor);
  touched.clear();
}

TensorReader::TensorReader(const TensorSource& source, const TransformerConfig& config,
                           const TensorNames& names, LoadWatch& watch)
    : source_(source), config_(config), names_(names), prefix_(names.prefix), watch_(watch) {
  // Checkpoints saved from the bare model carry the same names without the
  // prefix.
  const std::string norm = name(names.attention_norm, 0), embedding = token_embedding_name();
  const auto found = [&](const std::string& stem) {
    return source.find(stem + ".weight") || source.find(stem + ".gamma");
  };
  if (found(embedding) || (embedding.empty() && found(norm))) return;
  prefix_.clear();
  const std::string bare = token_embedding_name();
  if (!(found(bare) || (bare.empty() && found(name(names.attention_norm, 0))))) prefix_ = names.prefix;
}

std::string TensorReader::token_embedding_name() const {
  if (names_.token_embedding.empty()) return "";
  const std::string first = name(names_.token_embedding);
  if (source_.find(first + ".weight")) return first;
  for (const std::string& copy : names_.token_embedding_copies) {
    if (source_.find(name(copy) + ".weight")) return name(copy);
  }
  return first;
}

std::string TensorReader::name(const std::string& stem, int layer) const {
  std::string text = prefix_ + stem;
  if (const auto at = text.find("{}"); at != std::string::npos) text.replace(at, 2, std::to_string(layer));
  return text;
}

Result<TensorView> TensorReader::tensor(const std::string& full_name, const TensorShape& shape) {
  if (Status watched = watch_.begin(full_name, source_.find(full_name)); !watched) return watched.error();
  auto found = source_.require(full_name, shape);
  if (!found || convertible_to_float(found->dtype)) return found;
  return Error{ErrorCode::Unsupported,
               "tensor " + quote(full_name) + " is stored as " + std::string(dtype_name(found->dtype)) +
                   ", which is not computed with here",
               "Export the checkpoint as F32, F16 or BF16"};
}

void TensorReader::check_finite(const std::string& full_name, std::atomic<bool>& finite) {
  if (finite) return;
  fail(not_finite(full_name));
}

std::span<const float> TensorReader::numbers(const std::string& full_name, const TensorShape& shape,
                                             std::vector<float>& copy) {
  if (!status_) return {};
  auto found = tensor(full_name, shape);
  if (!found) return fail(found.error());
  std::span<const float> values = found->floats_in_place();
  const bool widen = values.empty() && found->n_elements() > 0;
  if (widen) {
    copy.resize(static_cast<std::size_t>(found->n_elements()));
    values = copy;
  }
  const std::size_t size = dtype_size(found->dtype);
  std::atomic<bool> finite = true;
  for_blocks(watch_.pool, values.size(), [&](std::size_t first, std::size_t n) {
    if (widen) {
      convert_to_float(found->dtype, found->bytes.subspan(first * size, n * size), {copy.data() + first, n});
    }
    if (!all_finite(DType::F32, values.data() + first, n * sizeof(float))) finite = false;
  });
  check_finite(full_name, finite);
  return status_ ? values : std::span<const float>();
}

Vector TensorReader::vector(const std::string& full_name, int n) {
  std::vector<float> copy;
  const std::span<const float> values = numbers(full_name, {n}, copy);
  return status_ ? Vector(Eigen::Map<const Vector>(values.data(), n)) : Vector();
}

NormParams TensorReader::norm(const std::string& stem, int layer, int n) {
  if (stem.empty()) return {};
  return norm_in_full(name(stem, layer), n);
}

NormParams TensorReader::norm_in_full(const std::string& full, int n) {
  // The first BERT checkpoints were converted from TensorFlow with its names.
  const bool gamma = !source_.find(full + ".weight") && source_.find(full + ".gamma");
  NormParams params;
  params.gain = vector(full + (gamma ? ".gamma" : ".weight"), n);
  if (config_.norm_bias) params.bias = vector(full + (gamma ? ".beta" : ".bias"), n);
  return params;
}

void TensorReader::read_pieces(const TensorView& tensor, const PieceBody& body) {
  const auto n_rows = static_cast<int>(tensor.shape.empty() ? 1 : tensor.shape[0]);
  const std::size_t row_bytes = tensor.bytes.size() / static_cast<std::size_t>(std::max(1, n_rows));
  const int step = rows_of_a_piece(row_bytes);
  std::atomic<bool> finite = true;
  std::mutex mutex;
  Status failed;  // guarded by mutex
  watch_.pool.parallel_for((n_rows + step - 1) / step, [&](int piece) {
    if (watch_.options.stop.stop_requested() || !finite) return;
    thread_local AlignedBuffer memory;
    const int first = piece * step, n = std::min(step, n_rows - first);
    const std::size_t n_bytes = static_cast<std::size_t>(n) * row_bytes;
    if (memory.size() * sizeof(float) < n_bytes)
      memory = AlignedBuffer((n_bytes + sizeof(float) - 1) / sizeof(float));
    auto* bytes = reinterpret_cast<std::byte*>(memory.data());
    if (Status read = source_.read(tensor, static_cast<std::size_t>(first) * row_bytes, {bytes, n_bytes});
        !read) {
      const std::lock_guard lock(mutex);
      failed = read;
      finite = false;
      return;
    }
    if (!all_finite(tensor.dtype, bytes, n_bytes)) finite = false;
    body(first, n, bytes);
  });
  if (!failed) {
    fail(failed.error());
  } else if (watch_.options.stop.stop_requested()) {
    fail({ErrorCode::Cancelled, "loading was stopped", "Open it again"});
  } else {
    check_finite(tensor.name, finite);
  }
}

EmbeddingTable TensorReader::embedding(const std::string& full_name, int n_rows, int width,
                                       bool read_elsewhere) {
  if (!status_) return {};
  const auto found = this->tensor(full_name, {n_rows, width});
  if (!found) return fail(found.error()), EmbeddingTable();
  const TensorView tensor = *found;
  if (!read_elsewhere && !watch_.fault) read_pieces(tensor, [](int, int, const void*) {});
  if (!status_) return {};
  const std::size_t row_bytes = static_cast<std::size_t>(width) * dtype_size(tensor.dtype);
  EmbeddingTable table{n_rows, width, {}};
  table.copy_row = [keep = watch_.keep, fault = watch_.fault, tensor, row_bytes, width](int row, float* out) {
    const std::span<float> numbers(out, static_cast<std::size_t>(width));
    convert_to_float(tensor.dtype, tensor.bytes.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes),
                     numbers);
    if (!fault || all_finite(DType::F32, out, numbers.size_bytes())) return;
    fault->set(not_finite(tensor.name));
    std::ranges::fill(numbers, 0.0f);
  };
  return table;
}

std::optional<WeightStorage> TensorReader::common_storage(std::span<const std::string> full_names) const {
  std::optional<DType> type;
  for (const std::string& full : full_names) {
    const TensorView* found = source_.find(full);
    if (!found || (type && *type != found->dtype)) return std::nullopt;
    type = found->dtype;
  }
  if (type == DType::F16) return WeightStorage::F16;
  if (type == DType::BF16) return WeightStorage::Bf16;
  if (type == DType::F32 && watch_.options.precision == WeightPrecision::Stored) return WeightStorage::F32;
  return std::nullopt;
}

void TensorReader::put(const std::string& full_name, const TensorShape& shape, int first_output,
                       WeightLayout layout, LinearPacker& packer) {
  if (!status_) return;
  const auto found = tensor(full_name, shape);
  if (!found) {
    fail(found.error());
    return;
  }
  read_pieces(*found, [&](int first, int n, const void* rows) {
    if (layout == WeightLayout::OutIn) {
      packer.put_outputs(first_output + first, n, rows);
    } else {
      packer.put_inputs(first, n, rows);
    }
  });
}

PackedLinear TensorReader::linear_of(const std::string& full_name, int n_in, int n_out, WeightLayout layout,
                                     const float* bias) {
  if (!status_) return {};
  const bool out_in = layout == WeightLayout::OutIn;
  const TensorShape shape = out_in ? TensorShape{n_out, n_in} : TensorShape{n_in, n_out};
  if (const auto storage = common_storage({{full_name}})) {
    const auto found = tensor(full_name, shape);
    if (!found) return fail(found.error()), PackedLinear();
    if (watch_.fault) return stored({*found}, n_in, n_out, *storage, layout, bias);
    LinearPacker packer(n_out, n_in, *storage, &watch_.pool);
    put(full_name, shape, 0, layout, packer);
    return status_ ? packer.finish(bias) : PackedLinear();
  }
  std::vector<float> copy;
  const std::span<const float> values = numbers(full_name, shape, copy);
  return status_ ? pack(values, n_out, n_in, layout, bias, {{full_name}}) : PackedLinear();
}

PackedLinear TensorReader::linear(const std::vector<Part>& parts, int layer, int n_in, bool has_bias) {
  const bool out_in = names_.layout == WeightLayout::OutIn;
  int n_out = 0;
  std::vector<std::string> full_names;
  std::vector<float> biases;
  for (const Part& part : parts) {
    if (!status_) return {};
    n_out += part.n_out;
    full_names.push_back(name(part.stem, layer) + ".weight");
    // Nothing is allocated on the word of the configuration alone.
    const TensorShape shape = out_in ? TensorShape{part.n_out, n_in} : TensorShape{n_in, part.n_out};
    if (const auto found = tensor(full_names.back(), shape); !found)
      return fail(found.error()), PackedLinear();
    if (!has_bias) continue;
    const Vector bias =
        part.bias ? vector(name(part.stem, layer) + ".bias", part.n_out) : Vector::Zero(part.n_out);
    if (status_) biases.insert(biases.end(), bias.data(), bias.data() + bias.size());
  }
  const float* bias = has_bias ? biases.data() : nullptr;
  if (parts.size() == 1) return linear_of(full_names[0], n_in, n_out, names_.layout, bias);

  assert(out_in);
  if (!status_) return {};
  const auto storage = common_storage(full_names);
  if (storage && watch_.fault) {
    std::vector<TensorView> tensors;
    for (const std::string& full : full_names) tensors.push_back(*source_.find(full));
    return stored(std::move(tensors), n_in, n_out, *storage, WeightLayout::OutIn, bias);
  }
  std::optional<LinearPacker> packer;
  if (storage) packer.emplace(n_out, n_in, *storage, &watch_.pool);
  std::vector<float> stacked;
  int first = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const TensorShape shape = {parts[i].n_out, n_in};
    if (packer) {
      put(full_names[i], shape, first, WeightLayout::OutIn, *packer);
    } else {
      std::vector<float> copy;
      const std::span<const float> values = numbers(full_names[i], shape, copy);
      stacked.insert(stacked.end(), values.begin(), values.end());
    }
    if (!status_) return {};
    first += parts[i].n_out;
  }
  return packer ? packer->finish(bias) : pack(stacked, n_out, n_in, WeightLayout::OutIn, bias, full_names);
}

PackedLinear TensorReader::stored(std::vector<TensorView> tensors, int n_in, int n_out, WeightStorage storage,
                                  WeightLayout layout, const float* bias) const {
  auto weights = std::make_shared<const StoredWeights>(watch_.keep, std::move(tensors), n_in, storage, layout,
                                                       watch_.fault);
  return {std::move(weights), n_out, n_in, storage, bias};
}

PackedLinear TensorReader::linear_in_full(const std::string& full, int n_in, int n_out) {
  if (!status_) return {};
  if (const auto found = tensor(full + ".weight", {n_out, n_in}); !found)
    return fail(found.error()), PackedLinear();
  const Vector bias = vector(full + ".bias", n_out);
  return linear_of(full + ".weight", n_in, n_out, WeightLayout::OutIn, bias.data());
}

PackedLinear TensorReader::pack(std::span<const float> weights, int n_out, int n_in, WeightLayout layout,
                                const float* bias, std::span<const std::string> full_names) const {
  const auto all_are = [&](DType type) {
    return std::ranges::all_of(full_names,
                               [&](const std::string& full) { return source_.find(full)->dtype == type; });
  };
  WeightStorage storage = WeightStorage::F32;
  if (all_are(DType::F16)) storage = WeightStorage::F16;
  if (all_are(DType::BF16)) storage = WeightStorage::Bf16;
  constexpr float kLargestHalf = 65504;
  if (storage == WeightStorage::F32 && watch_.options.precision == WeightPrecision::Half &&
      std::ranges::all_of(weights, [](float weight) { return std::abs(weight) <= kLargestHalf; })) {
    storage = WeightStorage::F16;
  }
  return pack_linear(weights, n_out, n_in, layout, bias, storage, &watch_.pool);
}

void TensorReader::require_equal(const std::string& first, const std::string& second,
                                 const TensorShape& shape) {
  std::vector<float> copy, other_copy;
  const std::span<const float> values = numbers(first, shape, copy);
  const std::span<const float> repeated = numbers(second, shape, other_copy);
  if (!status_ || std::equal(values.begin(), values.end(), repeated.begin(), repeated.end())) return;
  fail({ErrorCode::Corrupt,
        "tensor " + quote(second) + " differs from " + quote(first) + ", which it must repeat",
        "Set 'tie_word_embeddings' as the model was trained"});
}

std::span<const float> TensorReader::fail(const Error& error) {
  if (status_) status_ = error;
  return {};
}

}  // namespace headscope
