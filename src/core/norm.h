#pragma once

#include "core/types.h"

namespace headscope {

/// (x - mean) / sqrt(variance + epsilon) * gain + bias, row by row (Ba et al., 2016).
///   input        [n_rows, d_model]
///   gain, bias   [d_model]; an empty gain stands for ones, an empty bias for zeros
///   returns      [n_rows, d_model]
Matrix layer_norm(const MatrixView& input, const VectorView& gain, const VectorView& bias, float epsilon);

/// What the gain of an RMS norm is added to before it multiplies: Gemma stores gain - 1.
enum class GainOffset { Zero, One };

/// x / sqrt(mean(x²) + epsilon) * gain, row by row (Zhang and Sennrich, 2019).
///   input     [n_rows, d_model]
///   gain      [d_model]; empty stands for ones
///   returns   [n_rows, d_model]
Matrix rms_norm(const MatrixView& input, const VectorView& gain, float epsilon,
                GainOffset offset = GainOffset::Zero);

/// The same on rows in memory, for the engine. `gain` and `bias` may be null (ones, zeros); `output` may be
/// `input`.
///   input, output   [n_rows, d_model], rows `input_stride` and `output_stride` floats apart
void layer_norm(const float* input, int input_stride, int n_rows, int d_model, const float* gain,
                const float* bias, float epsilon, float* output, int output_stride);
void rms_norm(const float* input, int input_stride, int n_rows, int d_model, const float* gain, float epsilon,
              GainOffset offset, float* output, int output_stride);

}  // namespace headscope
