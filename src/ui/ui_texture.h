#pragma once

#include <cstdint>

namespace headscope {

/// A picture that the program holds on the GPU.
struct UiTexture {
  std::uint64_t id = 0;  ///< what ImTextureID is made of; 0: none yet
  int width = 0, height = 0;
  friend bool operator==(const UiTexture&, const UiTexture&) = default;
};

}  // namespace headscope
