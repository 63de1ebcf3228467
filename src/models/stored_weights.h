#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/first_error.h"
#include "core/linear.h"
#include "core/weight_source.h"
#include "io/tensor_source.h"

namespace headscope {

/// Bytes of a tensor that one thread reads at a time: they stay in its second-level cache until they are
/// packed.
inline constexpr std::size_t kStoredPieceBytes = std::size_t{1} << 18;

/// Whether stored numbers are finite; `values` begins on a cache line.
bool all_finite(DType type, const void* values, std::size_t n_bytes);
Error not_finite(const std::string& full_name);

/// The weights of a layer where its checkpoint has them. A number that is not finite, and a file that cannot
/// be read any more, are faults of the checkpoint.
class StoredWeights final : public WeightSource {
 public:
  /// Tensors of the file whose outputs stand side by side. REQUIRES: one type, that of `storage`; with
  /// WeightLayout::InOut one tensor.
  StoredWeights(std::shared_ptr<const TensorSource> file, std::vector<TensorView> tensors, int n_in,
                WeightStorage storage, WeightLayout layout, std::shared_ptr<FirstError> fault);

  void fill_panel(int panel, void* out) const override;
  bool fills_whole() const override { return layout_ == WeightLayout::InOut; }
  void fill_whole(void* panels, ThreadPool& pool, const std::stop_token& stop) const override;
  void let_go() const override;

 private:
  /// Rows of a tensor from byte `at` on; zeros and a fault where they cannot be read.
  void read(const TensorView& tensor, std::size_t at, std::span<std::byte> rows) const;

  std::shared_ptr<const TensorSource> file_;
  std::vector<TensorView> tensors_;
  int n_in_, n_out_ = 0;
  WeightStorage storage_;
  WeightLayout layout_;
  std::shared_ptr<FirstError> fault_;
};

}  // namespace headscope
