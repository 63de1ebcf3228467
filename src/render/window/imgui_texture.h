#pragma once

#include <imgui.h>

#include <cstdint>

#include "render/renderer.h"

namespace headscope {

/// What ImGui::Image takes for a frame of the renderer. ImTextureID is a pointer in older versions and an
/// integer in newer ones; a C cast converts to either.
inline ImTextureID texture_id(const FrameHandle& frame) {
  return (ImTextureID)(std::intptr_t)frame.texture;  // NOLINT: see above
}

}  // namespace headscope
