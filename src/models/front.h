#pragma once

#include <string>
#include <vector>

/// What stands in front of a stack that reads no tokens.
namespace headscope {

/// A square picture, cut into square patches that do not overlap.
struct PatchFront {
  int n_channels = 3;
  int image_size = 0,
      patch_size = 0;                ///< pixels a side; what is left over at the right and below is not read
  int n_special = 1;                 ///< learned tokens in front of the patches: class, distillation
  std::vector<std::string> classes;  ///< [n_classes] names
  std::vector<std::string> classifiers;  ///< tensor names; the i-th one reads the i-th token. Empty: none

  int patches_a_side() const { return image_size / patch_size; }
  int n_tokens() const { return n_special + patches_a_side() * patches_a_side(); }
  int patch_width() const { return n_channels * patch_size * patch_size; }
  int n_classes() const { return static_cast<int>(classes.size()); }
};

/// A log-mel spectrogram under two convolutions, the second of which takes every other position.
struct SoundFront {
  int n_mels = 0;
  int n_positions = 0;  ///< of the encoder
  int n_frames() const { return 2 * n_positions; }
};

}  // namespace headscope
