#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace headscope {

/// One channel of sound.
struct Sound {
  int sample_rate = 0;         ///< samples a second
  std::vector<float> samples;  ///< full scale is -1 to 1; a file of floats may go beyond
  bool whole = true;           ///< false: the file goes on behind the last sample

  double seconds() const { return sample_rate > 0 ? static_cast<double>(samples.size()) / sample_rate : 0; }
};

/// The first `max_seconds` of a WAV, FLAC or OGG (Vorbis, Opus) file; several channels are averaged.
/// Thread-safe. `name` stands in the sentences. Errors: Corrupt (cut short, not finite, …); Unsupported
/// (another kind of file, more than 64 channels, fewer than 1000 or more than 768000 samples a second).
Result<Sound> decode_sound(std::span<const std::byte> bytes, const std::string& name, double max_seconds);

/// Errors: as MappedFile::open and decode_sound.
Result<Sound> read_sound(const std::filesystem::path& path, double max_seconds);

}  // namespace headscope
