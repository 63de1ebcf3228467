#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace headscope {

/// A DEFLATE stream (RFC 1950, 1951) for filtered rows of pixels: it repeats the pixel before and knows no
/// other match, and each block has Huffman codes of its own. Pictures of flat areas and thin lines come out
/// about as small as from a general compressor's fastest level, several times faster. Equal calls give equal
/// bytes.
class RunDeflater {
 public:
  /// `distance` is the bytes of a pixel, 1 to 4: what a match repeats.
  explicit RunDeflater(int distance);
  /// One block. REQUIRES: at least one byte, fewer than 2^31.
  void add_block(std::span<const std::uint8_t> bytes);
  /// Ends the stream with its check sum and gives it away. REQUIRES: called once, last.
  std::string finish();

 private:
  struct Run {
    std::uint32_t literals;  ///< bytes that stand for themselves, then
    std::uint32_t repeats;   ///< bytes that repeat those `distance` before
  };
  void mark_repeats(std::span<const std::uint8_t> bytes);
  void find_runs(std::span<const std::uint8_t> bytes);

  std::uint32_t distance_;
  std::vector<std::uint64_t> repeated_;  ///< a bit for each byte: it is the one `distance` before
  std::vector<Run> runs_;
  std::string out_;
  std::size_t n_out_ = 0;  ///< of `out_`, which is longer: room for whole words
  std::uint64_t bits_ = 0;
  int n_bits_ = 0;
  std::uint32_t checksum_ = 1;
};

}  // namespace headscope
