#pragma once

#include <cstddef>

namespace headscope {

/// `n_bytes` of memory that starts on a cache line and is not written. From 2 MB on it asks the system for
/// large pages: one is handed out in one go, where 512 small ones cost as much as what is written into them,
/// and streaming through it spends less on address translation. Advice only: a system without large pages
/// goes on with small ones. Errors: std::bad_alloc. REQUIRES: n_bytes > 0.
float* allocate_aligned(std::size_t n_bytes);

/// Gives back what allocate_aligned(n_bytes) gave; null is nothing.
void free_aligned(float* data, std::size_t n_bytes);

}  // namespace headscope
