#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace headscope {

/// A hash table from 64-bit keys to small values, in one block of memory: open addressing, linear probing, at
/// most half full. The vocabularies' pairs and trie edges are looked up in it for every character of a text.
/// REQUIRES: no key is ~0.
template <class Value>
class FlatTable {
 public:
  void reserve(std::size_t n) {
    if (2 * n > slots_.size()) grow(std::bit_ceil(2 * n + 16));
  }
  /// The value of `key`, made first when it is not there.
  Value& operator[](std::uint64_t key) {
    if (2 * (size_ + 1) > slots_.size()) grow(slots_.empty() ? 16 : 2 * slots_.size());
    Slot& slot = slots_[place(key)];
    if (slot.key == kEmpty) {
      slot.key = key;
      ++size_;
    }
    return slot.value;
  }
  /// Null when the key is not there.
  const Value* find(std::uint64_t key) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[place(key)];
    return slot.key == kEmpty ? nullptr : &slot.value;
  }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint64_t kEmpty = ~std::uint64_t{0};
  struct Slot {
    std::uint64_t key = kEmpty;
    Value value{};
  };
  /// Where the key is, or the free slot where it would be.
  std::size_t place(std::uint64_t key) const {
    const std::size_t mask = slots_.size() - 1;
    // Fibonacci hashing (Knuth, volume 3, section 6.4), folded so that high and low halves both count.
    const std::uint64_t mixed = (key ^ (key >> 32)) * 0x9E3779B97F4A7C15u;
    std::size_t at = static_cast<std::size_t>(mixed >> 20) & mask;
    while (slots_[at].key != kEmpty && slots_[at].key != key) at = (at + 1) & mask;
    return at;
  }
  void grow(std::size_t n_slots) {
    std::vector<Slot> old(n_slots);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.key != kEmpty) slots_[place(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace headscope
