#pragma once

#include <span>

#include "base/result.h"
#include "core/types.h"
#include "io/json.h"
#include "io/sound.h"

namespace headscope {

/// How Whisper hears: sizes of its log-mel spectrogram.
struct MelRecipe {
  int sample_rate = 16000;
  int n_fft = 400, hop = 160;  ///< samples in a frame, and from one frame to the next
  int n_mels = 80;
  int n_samples = 480'000;  ///< a sound is cut or filled with silence to this length

  int n_frames() const { return n_samples / hop; }
  double seconds() const { return static_cast<double>(n_samples) / sample_rate; }
};

/// preprocessor_config.json over the published defaults. `n_mels` and `n_frames` are what the model itself
/// reads. Errors: Corrupt (sizes that contradict the model); Unsupported (another extractor or a setting, by
/// name).
Result<MelRecipe> read_mel_recipe(const Json& config, int n_mels, int n_frames);

/// Triangles of equal width on the mel scale of Slaney's Auditory Toolbox (linear below 1000 Hz, logarithmic
/// above) from 0 to 8000 Hz, each of area 1.
///   returns  [n_mels, n_fft / 2 + 1]
Eigen::MatrixXd mel_filters(const MelRecipe& recipe);

/// Power spectra of frames under a periodic Hann window, edges reflected; mel bands; log10 of at least 1e-10,
/// at most 8 below the largest; (x + 4) / 4. Computed in double precision.
///   samples  at recipe.sample_rate, any number of them
///   returns  [n_mels, n_frames]
Matrix log_mel_spectrogram(std::span<const float> samples, const MelRecipe& recipe);

/// The same for any rate. Errors: InvalidArgument (an empty sound).
Result<Matrix> sound_features(const Sound& sound, const MelRecipe& recipe);

}  // namespace headscope
