#pragma once

#include <span>

#include "core/types.h"

/// Rotary positions (Su et al., 2021): pairs of features of a query or key are turned by an angle that grows
/// with the position, so that q · k depends on the distance alone.
namespace headscope {

/// Which two features of a head turn together.
enum class RotaryPairing {
  Halves,       ///< i and i + n_rotated / 2 (NeoX, Llama as Hugging Face stores it)
  Interleaved,  ///< 2i and 2i + 1 (the paper, GPT-J)
};

/// base^(-2i / n_rotated) for i in [0, n_rotated / 2), in radians per position.
/// REQUIRES: n_rotated is even.
Vector rotary_frequencies(int n_rotated, float base);

/// Angles worked out once for every position. Features beyond n_rotated stay as they are (partial rotary).
struct RotaryTable {
  Matrix cosine, sine;  ///< [n_positions, n_rotated / 2]
  RotaryPairing pairing = RotaryPairing::Halves;

  int n_rotated() const { return 2 * static_cast<int>(cosine.cols()); }
  int n_positions() const { return static_cast<int>(cosine.rows()); }
};

/// `frequencies` [n_rotated / 2] come from rotary_frequencies, or from a checkpoint's own rule; `magnitude`
/// multiplies sine and cosine (YaRN), 1 otherwise.
RotaryTable rotary_table(int n_positions, const VectorView& frequencies, RotaryPairing pairing,
                         float magnitude = 1.0f);

/// Turns one head's features at one position, in place.   features [head_dim ≥ n_rotated]
void rotate(const RotaryTable& table, int position, float* features);

/// Turns rows of one head; row i stands at positions[i].
///   rows  [n_tokens, head_dim], `stride` floats apart
void rotate_rows(const RotaryTable& table, std::span<const int> positions, float* rows,
                 std::ptrdiff_t stride);

/// Turns back: the transpose of `rotate`, for gradients.
void rotate_back(const RotaryTable& table, int position, float* features);

}  // namespace headscope
