#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/thread_pool.h"
#include "models/family.h"
#include "models/transformer_params.h"

namespace headscope {

/// The tensors in front of Whisper's encoder.
std::vector<ExtraTensor> sound_tensors_of(const SoundFront& front, int d_model);

/// Two convolutions of width 3 and the positions of what comes out of them.
struct SoundParams {
  PackedLinear first;   ///< [3 n_mels → d_model], three frames side by side
  PackedLinear second;  ///< [3 d_model → d_model], every second position
  Matrix positions;     ///< [n_positions, d_model]
};

/// REQUIRES: the tensors of sound_tensors_of.
SoundParams sound_params(const SoundFront& front, int d_model,
                         const std::map<std::string, std::vector<float>>& tensors);

/// What enters the encoder's first block.
///   features  [n_mels, 2 n_positions]
///   returns   [n_positions, d_model]
Matrix embed_sound(const Matrix& features, const SoundParams& params, ThreadPool& pool);

}  // namespace headscope
