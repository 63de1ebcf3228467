#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace headscope {

/// A prefix code as DEFLATE wants it (RFC 1951, 3.2.2): lengths, and code words with their bits reversed.
struct HuffmanCode {
  std::vector<std::uint8_t> lengths;  ///< 0: the symbol does not occur
  std::vector<std::uint16_t> words;
};

/// The code of these counts with no word longer than `max_length`. A lone symbol gets one bit.
///   counts  at most 2^max_length of them not 0
HuffmanCode make_huffman_code(std::span<const std::uint32_t> counts, int max_length);

}  // namespace headscope
