#include "core/aligned_buffer.h"

#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace headscope {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::size_t alignment_of(std::size_t n_bytes) {
  return n_bytes >= kLargePage ? kLargePage : kCacheLine;
}

}  // namespace

AlignedBuffer::AlignedBuffer(std::size_t size) : size_(size) {
  if (size == 0) return;
  const std::size_t n_bytes = size * sizeof(float);
  data_ = static_cast<float*>(::operator new (n_bytes, std::align_val_t{alignment_of(n_bytes)}));
#if defined(__linux__)
  // Advice only: a system without large pages goes on with small ones.
  if (n_bytes >= kLargePage) (void)madvise(data_, n_bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
#endif
}

AlignedBuffer::~AlignedBuffer() {
  if (data_) ::operator delete (data_, std::align_val_t{alignment_of(size_ * sizeof(float))});
}

}  // namespace headscope
