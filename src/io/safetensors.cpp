#include "io/safetensors.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>

#include "io/json.h"
#include "io/quote.h"

namespace headscope {

namespace {

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // as the reference implementation
constexpr std::size_t kMaxAxes = 16;

Error corrupt(const std::string& file, const std::string& what) {
  return {ErrorCode::Corrupt, quote(file, 300) + ": " + what, "Download or export the file again"};
}

/// The whole number that `value` holds, if it holds one that a file position or an axis can be.
std::optional<std::uint64_t> as_size(const Json& value) {
  if (!value.is_number_unsigned()) return std::nullopt;
  const auto number = value.get<std::uint64_t>();
  if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
  return number;
}

std::string found_text(const Json& value) {
  return quote(json_text(value, -1), 60);
}

/// One entry of the header, checked by itself; `data` is everything behind the header.
Result<TensorView> read_entry(const std::string& file, const std::string& name, const Json& entry,
                              std::span<const std::byte> data) {
  const std::string tensor = "tensor " + quote(name);
  if (!entry.is_object())
    return corrupt(file, tensor + " must be described by an object, found " + found_text(entry));
  for (const char* key : {"dtype", "shape", "data_offsets"}) {
    if (!entry.contains(key)) return corrupt(file, tensor + " has no '" + key + "'");
  }

  TensorView view;
  view.name = name;
  const Json& dtype = entry["dtype"];
  if (!dtype.is_string()) return corrupt(file, tensor + ": dtype must be a text, found " + found_text(dtype));
  const std::optional<DType> type = dtype_from_name(dtype.get_ref<const std::string&>());
  if (!type) {
    return Error{ErrorCode::Unsupported,
                 quote(file, 300) + ": " + tensor + " has the unknown type " +
                     quote(dtype.get_ref<const std::string&>(), 40),
                 "Export the checkpoint as F32, F16 or BF16"};
  }
  view.dtype = *type;

  const Json& shape = entry["shape"];
  if (!shape.is_array()) return corrupt(file, tensor + ": shape must be a list, found " + found_text(shape));
  if (shape.size() > kMaxAxes) {
    return corrupt(file, tensor + ": shape has " + std::to_string(shape.size()) + " axes; at most " +
                             std::to_string(kMaxAxes) + " are read");
  }
  std::uint64_t n_bytes = dtype_size(*type);
  for (const Json& axis : shape) {
    const std::optional<std::uint64_t> length = as_size(axis);
    if (!length)
      return corrupt(file, tensor + ": shape must hold whole numbers from 0, found " + found_text(axis));
    view.shape.push_back(static_cast<std::int64_t>(*length));
    if (__builtin_mul_overflow(n_bytes, *length, &n_bytes)) {
      return corrupt(file, tensor + ": shape " + shape_text(view.shape) +
                               " overflows: it has more elements than any file");
    }
  }

  const Json& offsets = entry["data_offsets"];
  if (!offsets.is_array() || offsets.size() != 2) {
    return corrupt(file, tensor + ": data_offsets must be two numbers, found " + found_text(offsets));
  }
  const std::optional<std::uint64_t> begin = as_size(offsets[0]), end = as_size(offsets[1]);
  if (!begin || !end) {
    return corrupt(file,
                   tensor + ": data_offsets must be whole numbers from 0, found " + found_text(offsets));
  }
  if (*begin > *end) return corrupt(file, tensor + ": data_offsets run backwards, " + found_text(offsets));
  if (*end > data.size()) {
    return corrupt(file, tensor + " ends at data byte " + std::to_string(*end) + ", but the file has only " +
                             std::to_string(data.size()));
  }
  if (*end - *begin != n_bytes) {
    return corrupt(file, tensor + ": expected " + std::to_string(n_bytes) + " bytes for shape " +
                             shape_text(view.shape) + " of " + std::string(dtype_name(*type)) + ", found " +
                             std::to_string(*end - *begin));
  }
  view.bytes = data.subspan(*begin, n_bytes);
  return view;
}

/// Tensors must lie one behind the other: nothing between them, nothing twice, nothing left over.
Status check_tiling(const std::string& file, std::vector<TensorView>& tensors,
                    std::span<const std::byte> data) {
  std::stable_sort(tensors.begin(), tensors.end(), [](const TensorView& a, const TensorView& b) {
    return std::pair(a.bytes.data(), a.bytes.size()) < std::pair(b.bytes.data(), b.bytes.size());
  });
  const TensorView* previous = nullptr;
  const std::byte* end = data.data();
  for (const TensorView& tensor : tensors) {
    if (tensor.bytes.data() < end) {
      return corrupt(file, "tensors " + quote(previous->name) + " and " + quote(tensor.name) + " overlap");
    }
    if (tensor.bytes.data() > end) {
      return corrupt(file, "a gap of " + std::to_string(tensor.bytes.data() - end) +
                               " bytes lies before tensor " + quote(tensor.name));
    }
    end = tensor.bytes.data() + tensor.bytes.size();
    previous = &tensor;
  }
  if (end != data.data() + data.size()) {
    return corrupt(file,
                   std::to_string(data.data() + data.size() - end) + " bytes at the end belong to no tensor");
  }
  return {};
}

Status read_metadata(const std::string& file, const Json& entry,
                     std::map<std::string, std::string>& metadata) {
  if (!entry.is_object()) return corrupt(file, "__metadata__ must be an object, found " + found_text(entry));
  for (const auto& [key, value] : entry.items()) {
    if (!value.is_string()) {
      return corrupt(file, "__metadata__ " + quote(key) + " must be a text, found " + found_text(value));
    }
    metadata[key] = value.get<std::string>();
  }
  return {};
}

}  // namespace

std::string shape_text(const TensorShape& shape) {
  std::string text = "[";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::span<const float> TensorView::floats_in_place() const {
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(float) == 0;
  if (dtype != DType::F32 || !aligned) return {};
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

Result<std::vector<float>> to_float(const TensorView& tensor) {
  if (!convertible_to_float(tensor.dtype)) {
    return Error{ErrorCode::Unsupported,
                 "tensor " + quote(tensor.name) + " is stored as " + std::string(dtype_name(tensor.dtype)) +
                     ", which is not computed with here",
                 "Export the checkpoint as F32, F16 or BF16"};
  }
  std::vector<float> values(static_cast<std::size_t>(tensor.n_elements()));
  convert_to_float(tensor.dtype, tensor.bytes, values);
  return values;
}

Result<std::vector<std::int64_t>> to_int64(const TensorView& tensor) {
  const auto convert = [&]<class T>(T) {
    std::vector<std::int64_t> values(static_cast<std::size_t>(tensor.n_elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
      T value;
      std::memcpy(&value, tensor.bytes.data() + i * sizeof(T), sizeof(T));
      values[i] = static_cast<std::int64_t>(value);
    }
    return values;
  };
  switch (tensor.dtype) {
    case DType::I64:
      return convert(std::int64_t{});
    case DType::U64:
      return convert(std::uint64_t{});
    case DType::I32:
      return convert(std::int32_t{});
    case DType::U32:
      return convert(std::uint32_t{});
    case DType::I16:
      return convert(std::int16_t{});
    case DType::U16:
      return convert(std::uint16_t{});
    case DType::I8:
      return convert(std::int8_t{});
    case DType::U8:
    case DType::Bool:
      return convert(std::uint8_t{});
    default:
      return Error{ErrorCode::Corrupt,
                   "tensor " + quote(tensor.name) + ": expected whole numbers, found " +
                       std::string(dtype_name(tensor.dtype)),
                   "Write ids and masks as I64"};
  }
}

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  Result<MappedFile> mapped = MappedFile::open(path);
  if (!mapped) return mapped.error();
  Result<SafetensorsFile> file = parse(mapped->bytes(), path.string());
  if (file) file->file_ = std::move(*mapped);  // the address stays, so the views stay valid
  return file;
}

Result<SafetensorsFile> SafetensorsFile::parse(std::span<const std::byte> bytes, const std::string& name) {
  std::uint64_t header_bytes = 0;
  if (bytes.size() < sizeof header_bytes) {
    return corrupt(name, "the file has " + std::to_string(bytes.size()) +
                             " bytes; a safetensors file begins with an 8-byte header length");
  }
  std::memcpy(&header_bytes, bytes.data(), sizeof header_bytes);
  if (header_bytes > kMaxHeaderBytes) {
    return corrupt(
        name, "the header claims " + std::to_string(header_bytes) +
                  " bytes, more than the 100000000 that are allowed; this may not be a safetensors file");
  }
  if (header_bytes > bytes.size() - sizeof header_bytes) {
    return corrupt(name, "the header claims " + std::to_string(header_bytes) + " bytes, but only " +
                             std::to_string(bytes.size() - sizeof header_bytes) +
                             " follow; the file is cut short");
  }
  const auto header_span = bytes.subspan(sizeof header_bytes, header_bytes);
  const std::string_view header_text(reinterpret_cast<const char*>(header_span.data()), header_span.size());
  const std::span<const std::byte> data = bytes.subspan(sizeof header_bytes + header_bytes);

  if (header_text.empty() || header_text.front() != '{') {
    return corrupt(name, "the header must begin with '{'");
  }
  const JsonLimits limits{.max_bytes = kMaxHeaderBytes, .max_depth = 8, .unique_keys = true};
  const Result<Json> header = parse_json(header_text, name, limits);
  if (!header) return header.error();

  SafetensorsFile file;
  file.bytes_ = bytes;
  file.tensors_.reserve(header->size());
  for (const auto& [key, entry] : header->items()) {
    if (key == "__metadata__") {
      if (Status status = read_metadata(name, entry, file.metadata_); !status) return status.error();
      continue;
    }
    Result<TensorView> tensor = read_entry(name, key, entry, data);
    if (!tensor) return tensor.error();
    file.tensors_.push_back(std::move(*tensor));
  }
  if (Status status = check_tiling(name, file.tensors_, data); !status) return status.error();
  for (std::size_t i = 0; i < file.tensors_.size(); ++i) file.index_.emplace(file.tensors_[i].name, i);
  return file;
}

const TensorView* SafetensorsFile::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &tensors_[found->second];
}

bool SafetensorsFile::holds(const TensorView& tensor) const {
  const std::less_equal<const std::byte*> at_or_before;
  return at_or_before(bytes_.data(), tensor.bytes.data()) &&
         at_or_before(tensor.bytes.data() + tensor.bytes.size(), bytes_.data() + bytes_.size());
}

Status SafetensorsFile::read(const TensorView& tensor, std::size_t first, std::span<std::byte> into) const {
  assert(holds(tensor) && first + into.size() <= tensor.bytes.size());
  if (!file_.bytes().empty())
    return file_.read(static_cast<std::size_t>(tensor.bytes.data() - bytes_.data()) + first, into);
  std::copy_n(tensor.bytes.data() + first, into.size(), into.data());
  return {};
}

}  // namespace headscope
