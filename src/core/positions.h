#pragma once

#include <span>

#include "core/types.h"

/// Positions that are added to the hidden states. Rotary positions: rotary.h; positions as a bias of the
/// scores: position_bias.h.
namespace headscope {

/// Rows of a learned table.
///   table      [max_positions, d_model]
///   positions  [n_tokens]
///   returns    [n_tokens, d_model]
/// REQUIRES: every position is a row of the table.
Matrix learned_positions(const MatrixView& table, std::span<const int> positions);

/// Where the sines and cosines of one frequency stand in a row.
enum class SinusoidOrder {
  Interleaved,    ///< sin, cos, sin, cos, … (Vaswani et al., 2017)
  Halves,         ///< all sines, then all cosines, frequencies 10000^(-2i / d_model) (Marian)
  WhisperHalves,  ///< as Halves, but the last frequency is exactly 1/10000: 10000^(-i / (d_model / 2 - 1))
};

/// sin and cos of the position at falling frequencies.
///   returns  [n_positions, d_model]
/// REQUIRES: d_model is even.
Matrix sinusoidal_positions(int n_positions, int d_model, SinusoidOrder order = SinusoidOrder::Interleaved);

/// One row of it, for tables that are too long to keep.   row [d_model]
void sinusoidal_position(int position, SinusoidOrder order, std::span<float> row);

}  // namespace headscope
