#include "io/safetensors_writer.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <set>

#include "io/json.h"
#include "io/quote.h"

namespace headscope {

namespace {

std::int64_t element_count(const TensorShape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t axis : shape) count *= axis;
  return count;
}

/// The header, with spaces behind it so that the data begins at a multiple of 8.
std::string header_text(const std::vector<TensorSpec>& specs,
                        const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::int64_t begin = 0;
  for (const TensorSpec& spec : specs) {
    const std::int64_t end =
        begin + element_count(spec.shape) * static_cast<std::int64_t>(dtype_size(spec.dtype));
    header[spec.name] = {
        {"dtype", dtype_name(spec.dtype)}, {"shape", spec.shape}, {"data_offsets", {begin, end}}};
    begin = end;
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

template <class T>
Status write_raw(AtomicFile& file, std::span<const T> values) {
  return file.write(std::as_bytes(values));
}

template <class Convert>
Status write_narrow(AtomicFile& file, std::span<const float> values, Convert narrow) {
  std::uint16_t block[1024];
  for (std::size_t i = 0; i < values.size(); i += std::size(block)) {
    const std::size_t n = std::min(std::size(block), values.size() - i);
    for (std::size_t k = 0; k < n; ++k) block[k] = narrow(values[i + k]);
    if (Status status = write_raw(file, std::span<const std::uint16_t>(block, n)); !status) return status;
  }
  return {};
}

}  // namespace

Result<SafetensorsWriter> SafetensorsWriter::create(const std::filesystem::path& path,
                                                    std::vector<TensorSpec> specs,
                                                    const std::map<std::string, std::string>& metadata) {
  std::set<std::string> names = {"__metadata__"};
  for (const TensorSpec& spec : specs) {
    if (!names.insert(spec.name).second) {
      return Error{ErrorCode::InvalidArgument, "two tensors would be named " + quote(spec.name),
                   "Rename one of them"};
    }
    const bool written = spec.dtype == DType::F32 || spec.dtype == DType::F16 || spec.dtype == DType::BF16 ||
                         spec.dtype == DType::I64;
    if (!written) {
      return Error{
          ErrorCode::InvalidArgument,
          "tensor " + quote(spec.name) + " cannot be written as " + std::string(dtype_name(spec.dtype)),
          "Choose F32, F16, BF16 or I64"};
    }
    for ([[maybe_unused]] const std::int64_t axis : spec.shape) assert(axis >= 0);
  }
  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file) return file.error();
  SafetensorsWriter writer(std::move(*file));
  writer.specs_ = std::move(specs);

  const std::string header = header_text(writer.specs_, metadata);
  const std::uint64_t size = header.size();
  if (Status status = write_raw(writer.file_, std::span<const std::uint64_t>(&size, 1)); !status)
    return status.error();
  if (Status status = writer.file_.write(header); !status) return status.error();
  if (!writer.specs_.empty()) writer.remaining_ = element_count(writer.specs_.front().shape);
  writer.skip_finished();
  return writer;
}

void SafetensorsWriter::skip_finished() {
  while (current_ < specs_.size() && remaining_ == 0) {
    ++current_;
    if (current_ < specs_.size()) remaining_ = element_count(specs_[current_].shape);
  }
}

Status SafetensorsWriter::write(std::span<const float> values) {
  while (!values.empty()) {
    assert(current_ < specs_.size() && specs_[current_].dtype != DType::I64);
    const auto part =
        values.first(std::min<std::size_t>(values.size(), static_cast<std::size_t>(remaining_)));
    Status status;
    switch (specs_[current_].dtype) {
      case DType::F16:
        status = write_narrow(file_, part, half_from_float);
        break;
      case DType::BF16:
        status = write_narrow(file_, part, bfloat_from_float);
        break;
      default:
        status = write_raw(file_, part);
        break;
    }
    if (!status) return status;
    remaining_ -= static_cast<std::int64_t>(part.size());
    values = values.subspan(part.size());
    skip_finished();
  }
  return {};
}

Status SafetensorsWriter::write(std::span<const std::int64_t> values) {
  assert(values.empty() || (current_ < specs_.size() && specs_[current_].dtype == DType::I64 &&
                            static_cast<std::int64_t>(values.size()) <= remaining_));
  if (Status status = write_raw(file_, values); !status) return status;
  remaining_ -= static_cast<std::int64_t>(values.size());
  skip_finished();
  return {};
}

Status SafetensorsWriter::commit() {
  assert(current_ == specs_.size());
  return file_.commit();
}

Status write_safetensors(const std::filesystem::path& path, std::span<const FloatTensor> tensors,
                         const std::map<std::string, std::string>& metadata) {
  std::vector<TensorSpec> specs;
  for (const FloatTensor& tensor : tensors) {
    assert(static_cast<std::int64_t>(tensor.values.size()) == element_count(tensor.spec.shape));
    specs.push_back(tensor.spec);
  }
  Result<SafetensorsWriter> writer = SafetensorsWriter::create(path, std::move(specs), metadata);
  if (!writer) return writer.error();
  for (const FloatTensor& tensor : tensors) {
    if (Status status = writer->write(tensor.values); !status) return status;
  }
  return writer->commit();
}

}  // namespace headscope
