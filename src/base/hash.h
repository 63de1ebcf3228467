#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>

namespace headscope {

/// 64-bit FNV-1a over bytes, for cache keys and stable element keys. Not for hostile input.
class Hasher {
 public:
  Hasher& bytes(const void* data, std::size_t size) {
    const auto* p = static_cast<const unsigned char*>(data);
    for (std::size_t i = 0; i < size; ++i) state_ = (state_ ^ p[i]) * 0x100000001b3ull;
    return *this;
  }
  Hasher& add(std::string_view text) { return add(text.size()).bytes(text.data(), text.size()); }
  template <class T>
  requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) Hasher& add(T value) {
    return bytes(&value, sizeof value);
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ull;
};

}  // namespace headscope
