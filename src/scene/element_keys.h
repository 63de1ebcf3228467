#pragma once

#include "scene/scene.h"

/// The keys that elements of every layout share, so that any two layouts can be morphed into each other.
namespace headscope {

enum class ElementKind : std::uint64_t {
  Edge = 1,    ///< layer, head, query token, key token
  Pill,        ///< side, token
  TokenText,   ///< side, token
  SpaceMark,   ///< side, token
  Weight,      ///< layer, head, query token, key token
  Tile,        ///< layer, head
  TileName,    ///< layer, head
  MaskedCell,  ///< layer, head, query token, key token
  Furniture,   ///< which piece, its number
  Annotation,  ///< which piece, what it is pinned to
  Photo,       ///< the picture or the spectrogram that was read; of small ones: layer, head
  Heat,        ///< weight laid over a part of it: number of the strand, token
};

/// Order matters; never 0. A few multiplications: a layout makes a hundred thousand of these.
constexpr ElementKey element_key(ElementKind kind, std::uint64_t a = 0, std::uint64_t b = 0,
                                 std::uint64_t c = 0, std::uint64_t d = 0) {
  // A kind alone is as small a number as a part is: without this, kind 3 with part 1 were kind 2 with part 0.
  std::uint64_t key = static_cast<std::uint64_t>(kind) * 0xD6E8FEB86659FD93ull;
  for (const std::uint64_t part : {a, b, c, d}) {
    key = (key ^ part) * 0x9E3779B97F4A7C15ull;  // 2^64 / golden ratio: spreads small numbers over all bits
    key ^= key >> 29;
  }
  return key | 1;
}

}  // namespace headscope
