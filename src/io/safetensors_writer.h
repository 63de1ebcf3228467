#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/atomic_write.h"
#include "io/safetensors.h"

namespace headscope {

/// What a tensor will be, known before its numbers are.
struct TensorSpec {
  std::string name;
  DType dtype = DType::F32;  ///< F32, F16, BF16 or I64
  TensorShape shape;
};

/// Writes one safetensors file as a stream: the specs first, then the numbers of each tensor in their order,
/// in pieces of any size. The file appears whole at `commit`, or not at all. Large traces never lie in memory
/// twice.
class SafetensorsWriter {
 public:
  /// Errors: as AtomicFile::create; InvalidArgument (a name twice, a type that is not written).
  static Result<SafetensorsWriter> create(const std::filesystem::path& path, std::vector<TensorSpec> specs,
                                          const std::map<std::string, std::string>& metadata = {});

  /// The next numbers, converted to the type of the tensor they belong to; may run on into the next tensor of
  /// a floating type. REQUIRES: not more than the specs hold. Errors: Io.
  Status write(std::span<const float> values);
  /// The same for I64 tensors.
  Status write(std::span<const std::int64_t> values);
  /// REQUIRES: every number was written. Errors: Io.
  Status commit();

 private:
  explicit SafetensorsWriter(AtomicFile file) : file_(std::move(file)) {}
  void skip_finished();

  AtomicFile file_;
  std::vector<TensorSpec> specs_;
  std::size_t current_ = 0;     ///< the spec whose numbers come next
  std::int64_t remaining_ = 0;  ///< how many of them are still to come
};

/// A tensor in memory, to be written in one call.
struct FloatTensor {
  TensorSpec spec;
  std::span<const float> values;  ///< as many as spec.shape holds
};
Status write_safetensors(const std::filesystem::path& path, std::span<const FloatTensor> tensors,
                         const std::map<std::string, std::string>& metadata = {});

}  // namespace headscope
