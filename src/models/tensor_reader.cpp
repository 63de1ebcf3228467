#include "models/tensor_reader.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "io/quote.h"
#include "models/narrow_weights.h"

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

/// Infinities and NaN have all bits of the exponent set.
bool all_finite(const float* values, std::size_t n) {
  std::uint32_t highest = 0;
  for (std::size_t i = 0; i < n; ++i) {
    highest = std::max(highest, std::bit_cast<std::uint32_t>(values[i]) & 0x7FFFFFFFu);
  }
  return highest < 0x7F800000u;
}

}  // namespace

LoadWatch::LoadWatch(const TensorSource& source, ThreadPool& p, const LoadOptions& o) : pool(p), options(o) {
  for (const SafetensorsFile& file : source.files()) {
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

void LoadWatch::let_go(const TensorSource& source) {
  for (const TensorView* tensor : touched) source.let_go(*tensor);
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
  fail({ErrorCode::Corrupt, "tensor " + quote(full_name) + " holds a number that is not finite",
        "Export the checkpoint again"});
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
    if (!all_finite(values.data() + first, n)) finite = false;
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

EmbeddingTable TensorReader::embedding(std::shared_ptr<const TensorSource> keep, const std::string& full_name,
                                       int n_rows, int width) {
  if (!status_) return {};
  const auto found = this->tensor(full_name, {n_rows, width});
  if (!found) return fail(found.error()), EmbeddingTable();
  const TensorView tensor = *found;
  const std::size_t size = dtype_size(tensor.dtype), row_bytes = static_cast<std::size_t>(width) * size;
  std::atomic<bool> finite = true;
  for_blocks(watch_.pool, static_cast<std::size_t>(tensor.n_elements()),
             [&](std::size_t first, std::size_t n) {
               std::vector<float> part(std::min<std::size_t>(n, 4096));
               for (std::size_t i = 0; i < n; i += part.size()) {
                 const std::size_t count = std::min(part.size(), n - i);
                 convert_to_float(tensor.dtype, tensor.bytes.subspan((first + i) * size, count * size),
                                  {part.data(), count});
                 if (!all_finite(part.data(), count)) finite = false;
               }
             });
  check_finite(full_name, finite);
  if (!status_) return {};
  EmbeddingTable table{n_rows, width, {}};
  table.copy_row = [keep = std::move(keep), tensor, row_bytes, width](int row, float* out) {
    convert_to_float(tensor.dtype, tensor.bytes.subspan(static_cast<std::size_t>(row) * row_bytes, row_bytes),
                     {out, static_cast<std::size_t>(width)});
  };
  return table;
}

PackedLinear TensorReader::linear(const std::vector<Part>& parts, int layer, int n_in, bool has_bias) {
  int n_out = 0;
  for (const Part& part : parts) n_out += part.n_out;
  const bool out_in = names_.layout == WeightLayout::OutIn;
  std::vector<std::string> full_names;
  for (const Part& part : parts) full_names.push_back(name(part.stem, layer) + ".weight");
  const WeightStorage storage = storage_of(full_names);
  std::vector<float> stacked, stacked_bias;
  std::vector<std::uint16_t> bits;
  std::span<const float> weight;
  for (const Part& part : parts) {
    const std::string full = name(part.stem, layer);
    const TensorShape shape = out_in ? TensorShape{part.n_out, n_in} : TensorShape{n_in, part.n_out};
    std::vector<float> copy;
    if (storage == WeightStorage::F32)
      weight = numbers(full + ".weight", shape, copy);
    else
      append_bits(full + ".weight", shape, storage, bits);
    Vector bias;
    if (has_bias) bias = part.bias ? vector(full + ".bias", part.n_out) : Vector::Zero(part.n_out);
    if (!status_) return {};
    stacked_bias.insert(stacked_bias.end(), bias.data(), bias.data() + bias.size());
    if (storage != WeightStorage::F32) continue;
    if (parts.size() == 1 && copy.empty()) break;
    if (parts.size() == 1) {
      stacked = std::move(copy);
    } else {
      assert(out_in);
      stacked.insert(stacked.end(), weight.begin(), weight.end());
    }
    weight = stacked;
  }
  const float* bias = has_bias ? stacked_bias.data() : nullptr;
  if (storage != WeightStorage::F32)
    return {WeightView{bits.data(), storage}, n_out, n_in, names_.layout, bias, &watch_.pool};
  return pack(weight, n_out, n_in, names_.layout, bias, full_names);
}

PackedLinear TensorReader::linear_in_full(const std::string& full, int n_in, int n_out) {
  std::vector<float> copy;
  const std::span<const float> values = numbers(full + ".weight", {n_out, n_in}, copy);
  const Vector bias = vector(full + ".bias", n_out);
  if (!status_) return {};
  return pack(values, n_out, n_in, WeightLayout::OutIn, bias.data(), {{full + ".weight"}});
}

WeightStorage TensorReader::storage_of(std::span<const std::string> full_names) const {
  const auto all_are = [&](DType type) {
    return std::ranges::all_of(full_names, [&](const std::string& full) {
      const TensorView* tensor = source_.find(full);
      return tensor && tensor->dtype == type;
    });
  };
  return all_are(DType::F16)    ? WeightStorage::F16
         : all_are(DType::BF16) ? WeightStorage::Bf16
                                : WeightStorage::F32;
}

void TensorReader::append_bits(const std::string& full_name, const TensorShape& shape, WeightStorage storage,
                               std::vector<std::uint16_t>& bits) {
  if (!status_) return;
  const auto found = tensor(full_name, shape);
  if (!found) return fail(found.error()), void();
  const auto n_elements = static_cast<std::size_t>(found->n_elements()), begin = bits.size();
  bits.resize(begin + n_elements);
  // Infinities and NaN have all bits of the exponent set.
  const std::uint16_t exponent = storage == WeightStorage::F16 ? 0x7C00 : 0x7F80;
  std::atomic<bool> finite = true;
  for_blocks(watch_.pool, n_elements, [&](std::size_t first, std::size_t n) {
    std::uint16_t* to = bits.data() + begin + first;
    std::memcpy(to, found->bytes.data() + first * sizeof *to, n * sizeof *to);
    int highest = 0;
    for (std::size_t i = 0; i < n; ++i) highest = std::max(highest, to[i] & 0x7FFF);
    if (highest >= exponent) finite = false;
  });
  check_finite(full_name, finite);
}

PackedLinear TensorReader::pack(std::span<const float> weights, int n_out, int n_in, WeightLayout layout,
                                const float* bias, std::span<const std::string> full_names) const {
  WeightStorage storage = storage_of(full_names);
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
