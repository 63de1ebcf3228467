#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/types.h"

namespace headscope {

/// The picture that a trace's tokens are patches of, as the model sees it.
struct TracePicture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgba;  ///< [height, width, 4]
  int n_rows = 0, n_columns = 0;   ///< of patches
  int first_patch = 0;             ///< token of the patch at the top left; the tokens before it stand for all
  int row_of(int token) const { return (token - first_patch) / n_columns; }
  int column_of(int token) const { return (token - first_patch) % n_columns; }
};

/// The sound that a trace's frames are parts of.
struct TraceSound {
  Matrix spectrogram;             ///< [n_mels, n_columns] as the model hears it
  double seconds_per_column = 0;  ///< of the spectrogram
  int columns_per_token = 1;      ///< of the spectrogram, for each position of the encoder
  double seconds = 0;             ///< of the sound; behind it there is silence
};

/// What a model that reads no text was given. At most one of the two is there.
struct TraceMedia {
  std::unique_ptr<const TracePicture> picture;
  std::unique_ptr<const TraceSound> sound;
};
using TraceMediaPtr = std::shared_ptr<const TraceMedia>;

}  // namespace headscope
