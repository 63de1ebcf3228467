#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace headscope {

/// A fixed number of floats, 64-byte aligned, not initialised. Large buffers that are given back are kept for
/// a while and handed out again (up to kMaxIdleBytes in all), because fresh pages cost as much as computing
/// what goes into them. Movable, not copyable; making and dropping buffers is thread-safe.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  explicit FloatBuffer(std::size_t size);

  float* data() { return data_.get(); }
  const float* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const float> span() const { return {data_.get(), size_}; }

  /// Bytes waiting to be handed out again.
  static std::size_t idle_bytes();
  static constexpr std::size_t kMaxIdleBytes = std::size_t{96} << 20;

 private:
  struct GiveBack {
    GiveBack() : bytes(0) {}
    explicit GiveBack(std::size_t n) : bytes(n) {}
    void operator()(float* data) const;
    std::size_t bytes;
  };
  std::unique_ptr<float[], GiveBack> data_;
  std::size_t size_ = 0;
};

}  // namespace headscope
