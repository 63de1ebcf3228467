#include "trace/float_buffer.h"

#include <map>
#include <mutex>

#include "core/aligned_memory.h"

namespace headscope {
namespace {

constexpr std::size_t kSmallBytes = 64 << 10;  // the allocator keeps smaller ones warm by itself

/// Sizes are rounded up so that a trace one token longer can use the buffers of the one before.
std::size_t rounded(std::size_t bytes) {
  std::size_t step = 64;
  while (step * 16 < bytes) step *= 2;
  return (bytes + step - 1) / step * step;
}

struct IdleBuffers {
  std::mutex mutex;
  std::multimap<std::size_t, float*> by_size;
  std::size_t bytes = 0;
};

/// Never destroyed: traces held by other statics may outlive any order of destruction.
IdleBuffers& idle_buffers() {
  static auto* idle = new IdleBuffers;
  return *idle;
}

float* take(std::size_t bytes) {
  if (bytes >= kSmallBytes) {
    IdleBuffers& idle = idle_buffers();
    const std::lock_guard lock(idle.mutex);
    if (auto found = idle.by_size.find(bytes); found != idle.by_size.end()) {
      float* data = found->second;
      idle.by_size.erase(found);
      idle.bytes -= bytes;
      return data;
    }
  }
  return allocate_aligned(bytes);
}

}  // namespace

FloatBuffer::FloatBuffer(std::size_t size) : size_(size) {
  if (size == 0) return;
  const std::size_t bytes = rounded(size * sizeof(float));
  data_ = std::unique_ptr<float[], GiveBack>(take(bytes), GiveBack{bytes});
}

void FloatBuffer::GiveBack::operator()(float* data) const {
  if (bytes >= kSmallBytes) {
    IdleBuffers& idle = idle_buffers();
    const std::lock_guard lock(idle.mutex);
    if (idle.bytes + bytes <= kMaxIdleBytes) {
      idle.by_size.emplace(bytes, data);
      idle.bytes += bytes;
      return;
    }
  }
  free_aligned(data, bytes);
}

std::size_t FloatBuffer::idle_bytes() {
  IdleBuffers& idle = idle_buffers();
  const std::lock_guard lock(idle.mutex);
  return idle.bytes;
}

}  // namespace headscope
