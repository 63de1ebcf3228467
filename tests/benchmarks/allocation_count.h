#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

/// Counts operator new on the calling thread. Include in one file of a program only: it replaces the global
/// operators, all but the aligned ones, so that each delete meets a new of the same kind.
/// Never inlined: where the compiler sees free() in place of delete, it takes the pair for a mismatch.
namespace headscope {

inline thread_local std::size_t n_allocations = 0;

inline void* counted_block(std::size_t size) {
  ++n_allocations;
  return std::malloc(size ? size : 1);
}

inline void* counted_block_or_throw(std::size_t size) {
  if (void* block = counted_block(size)) return block;
  throw std::bad_alloc();
}

}  // namespace headscope

[[gnu::noinline]] void* operator new(std::size_t size) {
  return headscope::counted_block_or_throw(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return headscope::counted_block_or_throw(size);
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return headscope::counted_block(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return headscope::counted_block(size);
}
[[gnu::noinline]] void operator delete(void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete[](void* block) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete[](void* block, std::size_t) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete(void* block, const std::nothrow_t&) noexcept {
  std::free(block);
}
[[gnu::noinline]] void operator delete[](void* block, const std::nothrow_t&) noexcept {
  std::free(block);
}
