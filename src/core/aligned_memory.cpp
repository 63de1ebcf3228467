#include "core/aligned_memory.h"

#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace headscope {
namespace {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kLargePage = std::size_t{2} << 20;

std::align_val_t alignment_of(std::size_t n_bytes) {
  return std::align_val_t{n_bytes >= kLargePage ? kLargePage : kCacheLine};
}

}  // namespace

float* allocate_aligned(std::size_t n_bytes) {
  auto* data = static_cast<float*>(::operator new(n_bytes, alignment_of(n_bytes)));
#if defined(__linux__)
  if (n_bytes >= kLargePage) (void)madvise(data, n_bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
#endif
  return data;
}

void free_aligned(float* data, std::size_t n_bytes) {
  if (data) ::operator delete(data, alignment_of(n_bytes));
}

}  // namespace headscope
