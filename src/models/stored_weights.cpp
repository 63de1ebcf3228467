#include "models/stored_weights.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <cstring>
#include <utility>

#include "core/aligned_buffer.h"
#include "core/thread_pool.h"
#include "io/quote.h"

namespace headscope {
namespace {

constexpr int kPanelOutputs = 64;

/// Whether no number reaches `exponent`, whose bits infinities and NaN have all set.
template <class Bits>
bool exponents_below(Bits exponent, const void* values, std::size_t n_bytes) {
  constexpr auto kMagnitude = static_cast<Bits>(static_cast<Bits>(~Bits{0}) >> 1);
  const auto* bits = static_cast<const Bits*>(values);
  Bits highest = 0;
  for (std::size_t i = 0; i < n_bytes / sizeof(Bits); ++i)
    highest = std::max(highest, static_cast<Bits>(bits[i] & kMagnitude));
  return highest < exponent;
}

std::byte* reading_room(std::size_t n_bytes) {
  thread_local AlignedBuffer memory;
  const std::size_t n_floats = (n_bytes + sizeof(float) - 1) / sizeof(float);
  if (memory.size() < n_floats) memory = AlignedBuffer(n_floats);
  return reinterpret_cast<std::byte*>(memory.data());
}

}  // namespace

bool all_finite(DType type, const void* values, std::size_t n_bytes) {
  switch (type) {
    case DType::F32:
      return exponents_below<std::uint32_t>(0x7F800000u, values, n_bytes);
    case DType::F16:
      return exponents_below<std::uint16_t>(0x7C00u, values, n_bytes);
    case DType::BF16:
      return exponents_below<std::uint16_t>(0x7F80u, values, n_bytes);
    default: {
      std::vector<float> wide(n_bytes / dtype_size(type));
      convert_to_float(type, {static_cast<const std::byte*>(values), n_bytes}, wide);
      return exponents_below<std::uint32_t>(0x7F800000u, wide.data(), wide.size() * sizeof(float));
    }
  }
}

Error not_finite(const std::string& full_name) {
  return {ErrorCode::Corrupt, "tensor " + quote(full_name) + " holds a number that is not finite",
          "Export the checkpoint again"};
}

StoredWeights::StoredWeights(std::shared_ptr<const TensorSource> file, std::vector<TensorView> tensors,
                             int n_in, WeightStorage storage, WeightLayout layout,
                             std::shared_ptr<FirstError> fault)
    : file_(std::move(file)),
      tensors_(std::move(tensors)),
      n_in_(n_in),
      storage_(storage),
      layout_(layout),
      fault_(std::move(fault)) {
  assert(layout_ == WeightLayout::OutIn || tensors_.size() == 1);
  for (const TensorView& tensor : tensors_)
    n_out_ += static_cast<int>(tensor.shape[layout_ == WeightLayout::OutIn ? 0 : 1]);
}

void StoredWeights::let_go() const {
  for (const TensorView& tensor : tensors_) file_->let_go(tensor);
}

void StoredWeights::fill_panel(int panel, void* out) const {
  assert(layout_ == WeightLayout::OutIn);
  if ((panel + 1) * kPanelOutputs > n_out_)
    std::memset(out, 0, static_cast<std::size_t>(n_in_) * kPanelOutputs * bytes_of(storage_));
  const int begin = panel * kPanelOutputs, end = std::min(n_out_, begin + kPanelOutputs);
  const std::size_t row_bytes = static_cast<std::size_t>(n_in_) * bytes_of(storage_);
  int first = 0;  // of the tensor's outputs
  for (const TensorView& tensor : tensors_) {
    const int n_rows = static_cast<int>(tensor.shape[0]);
    const int from = std::max(begin, first), n = std::min(end, first + n_rows) - from;
    first += n_rows;
    if (n <= 0) continue;
    const std::size_t n_bytes = static_cast<std::size_t>(n) * row_bytes;
    std::byte* rows = reading_room(n_bytes);
    const auto at = static_cast<std::size_t>(from - (first - n_rows)) * row_bytes;
    read(tensor, at, {rows, n_bytes});
    turn_into_panel(storage_, rows, n, n_in_, from - begin, out);
  }
}

void StoredWeights::fill_whole(void* panels, ThreadPool& pool, const std::stop_token& stop) const {
  const TensorView& tensor = tensors_.front();
  const std::size_t row_bytes = static_cast<std::size_t>(n_out_) * bytes_of(storage_);
  const int step = std::max(1, static_cast<int>(kStoredPieceBytes / row_bytes));
  pool.parallel_for((n_in_ + step - 1) / step, [&](int piece) {
    if (stop.stop_requested()) return;
    const int first = piece * step, n = std::min(step, n_in_ - first);
    const std::size_t n_bytes = static_cast<std::size_t>(n) * row_bytes;
    std::byte* rows = reading_room(n_bytes);
    read(tensor, static_cast<std::size_t>(first) * row_bytes, {rows, n_bytes});
    copy_into_panels(storage_, rows, first, n, n_in_, n_out_, panels);
  });
}

void StoredWeights::read(const TensorView& tensor, std::size_t at, std::span<std::byte> rows) const {
  Status read = file_->read(tensor, at, rows);
  if (read && !all_finite(tensor.dtype, rows.data(), rows.size())) read = not_finite(tensor.name);
  if (read) return;
  fault_->set(read.error());
  std::ranges::fill(rows, std::byte{0});
}

}  // namespace headscope
