#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts operator new on the calling thread. Include in one file of a program only: it replaces the global
/// operators.
namespace headscope {
inline thread_local std::size_t n_allocations = 0;
}

// GCC takes these for a mismatch with the operators it knows, which they replace.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
void* operator new(std::size_t size) {
  ++headscope::n_allocations;
  if (void* block = std::malloc(size ? size : 1)) return block;
  throw std::bad_alloc();
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
#pragma GCC diagnostic pop
