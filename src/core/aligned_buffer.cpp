#include "core/aligned_buffer.h"

#include "core/aligned_memory.h"

namespace headscope {

AlignedBuffer::AlignedBuffer(std::size_t size)
    : data_(size == 0 ? nullptr : allocate_aligned(size * sizeof(float))), size_(size) {}

AlignedBuffer::~AlignedBuffer() {
  free_aligned(data_, size_ * sizeof(float));
}

}  // namespace headscope
