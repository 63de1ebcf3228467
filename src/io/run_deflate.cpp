#include "io/run_deflate.h"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

#include "io/huffman.h"

namespace headscope {

namespace {

constexpr std::size_t kEndOfBlock = 256, kLiterals = 286;
constexpr std::uint32_t kLongestMatch = 258, kShortestMatch = 3;
constexpr int kMaxWord = 12;  ///< four literals and what is left of a byte fit into a word of 64 bits
static_assert(std::endian::native == std::endian::little, "bits are written as whole words");

struct LengthCode {
  std::uint16_t symbol;
  std::uint8_t extra_bits, extra;
};

/// RFC 1951, 3.2.5.
constexpr std::array<LengthCode, kLongestMatch + 1> length_codes() {
  std::array<LengthCode, kLongestMatch + 1> codes{};
  unsigned length = 3;
  for (unsigned symbol = 257; symbol < 285; ++symbol) {
    const unsigned bits = symbol < 265 ? 0 : (symbol - 261) / 4;
    for (unsigned i = 0; i < 1u << bits && length < kLongestMatch; ++i, ++length)
      codes[length] = {static_cast<std::uint16_t>(symbol), static_cast<std::uint8_t>(bits),
                       static_cast<std::uint8_t>(i)};
  }
  codes[kLongestMatch] = {285, 0, 0};
  return codes;
}
constexpr std::array<LengthCode, kLongestMatch + 1> kLengths = length_codes();

std::uint64_t load(const std::uint8_t* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

/// Bits on their way out, in registers: through memory every word would wait for the one before.
struct BitWriter {
  std::uint64_t bits;
  int n_bits;
  char* out;

  /// REQUIRES: at most 64 bits between two flushes, of which up to 7 are left from before.
  void put(std::uint64_t more, int count) {
    bits |= more << n_bits;
    n_bits += count;
  }
  void flush() {
    std::memcpy(out, &bits, sizeof bits);
    out += n_bits >> 3;
    bits >>= n_bits & ~7;
    n_bits &= 7;
  }
};

/// Calls `match` with the lengths that make up `repeats`, none shorter than a match may be.
template <class Match>
void split(std::uint32_t repeats, const Match& match) {
  while (repeats > kLongestMatch) {
    const std::uint32_t left = repeats - kLongestMatch;
    const std::uint32_t length = left < kShortestMatch ? kLongestMatch - kShortestMatch : kLongestMatch;
    match(length);
    repeats -= length;
  }
  if (repeats > 0) match(repeats);
}

}  // namespace

RunDeflater::RunDeflater(int distance) : distance_(static_cast<std::uint32_t>(distance)) {
  assert(distance >= 1 && distance <= 4);
  out_ = "\x78\x01";  // zlib: deflate, fastest
  n_out_ = out_.size();
}

void RunDeflater::mark_repeats(std::span<const std::uint8_t> bytes) {
  const std::size_t size = bytes.size();
  const std::uint8_t* data = bytes.data();
  repeated_.assign(size / 64 + 2, 0);
  std::size_t at = distance_;
  const auto mark = [&] { repeated_[at / 64] |= std::uint64_t{data[at] == data[at - distance_]} << at % 64; };
  for (; at < size && at % 8 != 0; ++at) mark();
  for (; at + 8 <= size; at += 8) {
    // A byte of `unequal` that is 0 gets its top bit, then the eight top bits move together.
    constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7F;
    const std::uint64_t unequal = load(data + at) ^ load(data + at - distance_);
    const std::uint64_t equal = ~(((unequal & kLow) + kLow) | unequal | kLow);
    repeated_[at / 64] |= ((equal >> 7) * 0x0102040810204080u >> 56) << at % 64;
  }
  for (; at < size; ++at) mark();
}

void RunDeflater::find_runs(std::span<const std::uint8_t> bytes) {
  mark_repeats(bytes);
  const auto bits_from = [&](std::size_t at) {
    const std::size_t shift = at % 64;
    const std::uint64_t low = repeated_[at / 64] >> shift;
    return shift ? low | repeated_[at / 64 + 1] << (64 - shift) : low;
  };
  runs_.clear();
  std::size_t literal_begin = 0, at = 0;
  while (at < bytes.size()) {
    // Where six bytes in a row repeat those before. Shorter runs cost more than they save: a match and its
    // distance against literals of a few bits.
    const std::uint64_t one = bits_from(at), two = one & one >> 1, four = two & two >> 2,
                        six = four & two >> 4;
    if (six == 0) {
      at += 64 - 5;
      continue;
    }
    const std::size_t begin = at + static_cast<std::size_t>(std::countr_zero(six));
    std::size_t end = begin;
    while (~bits_from(end) == 0) end += 64;  // past the last byte all bits are 0
    end += static_cast<std::size_t>(std::countr_one(bits_from(end)));
    runs_.push_back(
        {static_cast<std::uint32_t>(begin - literal_begin), static_cast<std::uint32_t>(end - begin)});
    literal_begin = at = end;
  }
  if (literal_begin < bytes.size())
    runs_.push_back({static_cast<std::uint32_t>(bytes.size() - literal_begin), 0});
}

void RunDeflater::add_block(std::span<const std::uint8_t> bytes) {
  checksum_ = libdeflate_adler32(checksum_, bytes.data(), bytes.size());
  find_runs(bytes);
  // Four tables, so that equal neighbours do not wait for one another's counter.
  std::array<std::array<std::uint32_t, kLiterals>, 4> tables{};
  const std::uint8_t* from = bytes.data();
  for (const Run& run : runs_) {
    std::uint32_t i = 0;
    for (; i + 8 <= run.literals; i += 8) {
      const std::uint64_t eight = load(from + i);
      for (unsigned k = 0; k < 8; ++k) ++tables[k & 3][eight >> 8 * k & 255];
    }
    for (; i < run.literals; ++i) ++tables[0][from[i]];
    split(run.repeats, [&](std::uint32_t length) { ++tables[1][kLengths[length].symbol]; });
    from += run.literals + run.repeats;
  }
  std::array<std::uint32_t, kLiterals> counts{};
  for (const auto& table : tables)
    for (std::size_t i = 0; i < kLiterals; ++i) counts[i] += table[i];
  counts[kEndOfBlock] = 1;
  const HuffmanCode code = make_huffman_code(counts, kMaxWord);

  // No word is longer than 12 bits; a match has 5 more and 1 for its distance.
  out_.resize(n_out_ + bytes.size() * 3 / 2 + runs_.size() * 3 + 2048);
  BitWriter w{bits_, n_bits_, out_.data() + n_out_};
  // Block header: dynamic codes, lengths written plainly (a code of their own, all lengths 4 bits).
  w.put(0, 1);
  w.put(2, 2);
  w.put(kLiterals - 257, 5);
  w.put(distance_ - 1, 5);  // distances 1 to 4 have the symbols 0 to 3
  w.put(19 - 4, 4);         // all code length codes
  w.flush();
  // In the order of RFC 1951; the repeating codes 16 to 18 do not occur.
  static constexpr std::array<std::uint8_t, 19> kOrder = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                          11, 4,  12, 3, 13, 2, 14, 1, 15};
  for (const std::uint8_t symbol : kOrder) {
    w.put(symbol < 16 ? 4 : 0, 3);
    w.flush();
  }
  const auto put_length = [&](unsigned length) {
    // Sixteen words of four bits are the numbers themselves, bits reversed.
    w.put((length & 1) << 3 | (length & 2) << 1 | (length & 4) >> 1 | (length & 8) >> 3, 4);
  };
  for (std::size_t i = 0; i < kLiterals; ++i) {
    put_length(code.lengths[i]);
    w.flush();
  }
  for (std::uint32_t i = 1; i <= distance_; ++i) put_length(i == distance_);
  w.flush();

  std::array<std::uint32_t, kLiterals> words;  // length in the high half
  for (std::size_t i = 0; i < kLiterals; ++i)
    words[i] = static_cast<std::uint32_t>(code.lengths[i]) << 16 | code.words[i];
  from = bytes.data();
  const auto put_word = [&](std::uint32_t word) { w.put(word & 0xFFFF, static_cast<int>(word >> 16)); };
  for (const Run& run : runs_) {
    std::uint32_t i = 0;
    for (; i + 4 <= run.literals; i += 4) {
      for (std::uint32_t k = 0; k < 4; ++k) put_word(words[from[i + k]]);
      w.flush();
    }
    for (; i < run.literals; ++i) put_word(words[from[i]]);
    w.flush();
    split(run.repeats, [&](std::uint32_t length) {
      const LengthCode l = kLengths[length];
      put_word(words[l.symbol]);
      w.put(l.extra, l.extra_bits);
      w.put(0, 1);  // the only distance
      w.flush();
    });
    from += run.literals + run.repeats;
  }
  put_word(words[kEndOfBlock]);
  w.flush();
  bits_ = w.bits;
  n_bits_ = w.n_bits;
  n_out_ = static_cast<std::size_t>(w.out - out_.data());
}

std::string RunDeflater::finish() {
  out_.resize(n_out_ + 32);
  BitWriter w{bits_, n_bits_, out_.data() + n_out_};
  w.put(1, 1);  // the last block: fixed codes, nothing in it
  w.put(1, 2);
  w.put(0, 7);
  w.flush();
  if (w.n_bits > 0) {
    w.n_bits = 8;
    w.flush();
  }
  for (int shift = 24; shift >= 0; shift -= 8) w.put(checksum_ >> shift & 255, 8);
  w.flush();
  out_.resize(static_cast<std::size_t>(w.out - out_.data()));
  return std::move(out_);
}

}  // namespace headscope
