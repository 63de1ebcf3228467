#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "io/safetensors.h"

namespace headscope {

/// All tensors of a checkpoint, whether it lies in one file or in shards with a
/// `model.safetensors.index.json`. Immutable, thread-safe; the views it gives are valid as long as it lives
/// (it may be moved).
class TensorSource {
 public:
  /// A .safetensors file, an index file, or a folder that holds `model.safetensors.index.json` or
  /// `model.safetensors`. Errors: NotFound (says what the folder holds instead), Corrupt, Unsupported, Io.
  static Result<TensorSource> open(const std::filesystem::path& file_or_folder);

  /// Null when there is none.
  const TensorView* find(std::string_view name) const;
  /// The tensor, which must have this shape. Errors: NotFound; Corrupt, "tensor 'wte.weight': expected shape
  /// [50257, 1024], found [50257, 768]".
  Result<TensorView> require(std::string_view name, const TensorShape& shape) const;
  /// `require`, then `to_float`.
  Result<std::vector<float>> require_float(std::string_view name, const TensorShape& shape) const;

  /// Copies bytes [first, first + into.size()) of one of these tensors; as MappedFile::read. Errors: Io.
  Status read(const TensorView& tensor, std::size_t first, std::span<std::byte> into) const;

  /// The pages that hold this tensor may leave memory; reading it again brings
  /// them back.
  void let_go(const TensorView& tensor) const;

  std::vector<std::string> names() const;  ///< sorted
  const std::vector<SafetensorsFile>& files() const { return files_; }

 private:
  std::vector<SafetensorsFile> files_;
};

}  // namespace headscope
