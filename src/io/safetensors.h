#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/dtype.h"
#include "io/mapped_file.h"

/// Reading safetensors. Layout, rules and limits: io/README.md.
namespace headscope {

using TensorShape = std::vector<std::int64_t>;

/// "[50257, 768]"; a single number is "[]".
std::string shape_text(const TensorShape& shape);

/// A tensor where it lies in the file. Valid as long as the file (or TensorSource) that gave it.
struct TensorView {
  std::string name;
  DType dtype = DType::F32;
  TensorShape shape;                 ///< outermost axis first, row-major
  std::span<const std::byte> bytes;  ///< n_elements() · dtype_size(dtype), at any alignment

  std::int64_t n_elements() const { return static_cast<std::int64_t>(bytes.size() / dtype_size(dtype)); }
  /// The numbers in place, when they are F32 and the address allows it; otherwise empty, and to_float copies.
  std::span<const float> floats_in_place() const;
};

/// Every element as float32, widened exactly where the type allows. Errors: Unsupported (8-bit floating
/// types).
Result<std::vector<float>> to_float(const TensorView& tensor);

/// Every element of an integer tensor. Errors: Corrupt (not an integer type).
Result<std::vector<std::int64_t>> to_int64(const TensorView& tensor);

/// One file. Every length, offset, type and shape was checked when it was opened, before anything was
/// allocated; tensors lie one behind the other and fill the file to its end. Immutable, thread-safe.
class SafetensorsFile {
 public:
  /// Errors: as MappedFile::open, Corrupt (one sentence that names the fault), Unsupported (an unknown type).
  static Result<SafetensorsFile> open(const std::filesystem::path& path);
  /// The same for bytes in memory, which must outlive the result; `name` stands in the sentences.
  static Result<SafetensorsFile> parse(std::span<const std::byte> bytes, const std::string& name);

  /// Null when there is none.
  const TensorView* find(std::string_view name) const;
  /// Whether the tensor lies in this file.
  bool holds(const TensorView& tensor) const;
  /// Copies bytes [first, first + into.size()) of a tensor that this file holds; as MappedFile::read. Errors:
  /// Io.
  Status read(const TensorView& tensor, std::size_t first, std::span<std::byte> into) const;
  /// As MappedFile::let_go; nothing for bytes in memory and tensors of other
  /// files.
  void let_go(const TensorView& tensor) const { file_.let_go(tensor.bytes); }
  const std::vector<TensorView>& tensors() const { return tensors_; }  ///< in file order
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  std::span<const std::byte> bytes_;  ///< the whole file
  MappedFile file_;                   ///< empty for bytes in memory
  std::vector<TensorView> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::map<std::string, std::string> metadata_;
};

}  // namespace headscope
