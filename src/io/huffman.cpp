#include "io/huffman.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <numeric>

namespace headscope {

namespace {

constexpr int kLongest = 15;

/// Lengths of an optimal code, by two queues: `order` lists the symbols from rare to frequent.
std::vector<int> optimal_lengths(std::span<const std::uint32_t> counts, std::span<const int> order) {
  const std::size_t n = order.size();
  std::vector<std::uint64_t> weight(2 * n - 1);
  std::vector<std::size_t> parent(2 * n - 1, 0);
  for (std::size_t i = 0; i < n; ++i) weight[i] = counts[static_cast<std::size_t>(order[i])];
  std::size_t leaf = 0, inner = n;
  for (std::size_t made = n; made < 2 * n - 1; ++made) {
    std::uint64_t sum = 0;
    for (int child = 0; child < 2; ++child) {
      const bool take_leaf = leaf < n && (inner >= made || weight[leaf] <= weight[inner]);
      const std::size_t taken = take_leaf ? leaf++ : inner++;
      sum += weight[taken];
      parent[taken] = made;
    }
    weight[made] = sum;
  }
  std::vector<int> depth(2 * n - 1, 0);
  for (std::size_t i = 2 * n - 2; i-- > 0;) depth[i] = depth[parent[i]] + 1;
  depth.resize(n);
  return depth;
}

}  // namespace

HuffmanCode make_huffman_code(std::span<const std::uint32_t> counts, int max_length) {
  assert(max_length >= 1 && max_length <= kLongest);
  HuffmanCode code{std::vector<std::uint8_t>(counts.size(), 0), std::vector<std::uint16_t>(counts.size(), 0)};
  std::vector<int> order;
  for (std::size_t i = 0; i < counts.size(); ++i)
    if (counts[i] > 0) order.push_back(static_cast<int>(i));
  if (order.empty()) return code;
  if (order.size() == 1) {
    code.lengths[static_cast<std::size_t>(order[0])] = 1;
    return code;
  }
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return counts[static_cast<std::size_t>(a)] < counts[static_cast<std::size_t>(b)];
  });

  // How many words of each length; those too long are shortened, and the rarest others give way.
  const auto longest = static_cast<std::size_t>(max_length);
  std::array<int, kLongest + 1> of_length{};
  for (const int length : optimal_lengths(counts, order))
    ++of_length[std::min(static_cast<std::size_t>(length), longest)];
  std::int64_t used = 0;  // Kraft's sum in units of 2^-max_length
  for (std::size_t l = 1; l <= longest; ++l) used += std::int64_t{of_length[l]} << (longest - l);
  while (used > std::int64_t{1} << longest) {
    std::size_t l = longest - 1;
    while (of_length[l] == 0) --l;
    --of_length[l];
    ++of_length[l + 1];
    used -= std::int64_t{1} << (longest - l - 1);
  }
  // Readers refuse a code with unused words: what was given up too much is taken back, a unit at a time.
  for (; used < std::int64_t{1} << longest; ++used) {
    --of_length[longest];
    ++of_length[longest - 1];
  }
  std::size_t next = 0;
  for (std::size_t l = longest; l >= 1; --l)
    for (int i = 0; i < of_length[l]; ++i)
      code.lengths[static_cast<std::size_t>(order[next++])] = static_cast<std::uint8_t>(l);

  std::array<std::uint32_t, kLongest + 2> first{};
  for (std::size_t l = 1; l <= longest; ++l)
    first[l + 1] = (first[l] + static_cast<std::uint32_t>(of_length[l])) << 1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const unsigned length = code.lengths[i];
    if (length == 0) continue;
    const std::uint32_t word = first[length]++;
    std::uint32_t reversed = 0;
    for (unsigned bit = 0; bit < length; ++bit) reversed |= (word >> bit & 1) << (length - 1 - bit);
    code.words[i] = static_cast<std::uint16_t>(reversed);
  }
  return code;
}

}  // namespace headscope
