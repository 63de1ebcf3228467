#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "io/image.h"
#include "scene/scene.h"

namespace headscope {

/// Device pixels.
struct FrameSize {
  int width = 0, height = 0;
  friend bool operator==(const FrameSize&, const FrameSize&) = default;
};

/// A finished frame on the renderer's side; `texture` is an OpenGL name that Dear ImGui can show.
struct FrameHandle {
  std::uint32_t texture = 0;
  FrameSize size;
};

/// Turns scenes into pixels. Drawn from below: boxes of layers under 0, matrices, ribbons, the other boxes,
/// labels; within a kind in the morph's order. The same call serves the window, files and tests. Not
/// thread-safe: use it on the thread that made it.
class Renderer {
 public:
  virtual ~Renderer() = default;
  /// Draws into the renderer's own target, which the next call overwrites. Errors: size beyond what memory
  /// allows.
  virtual Result<FrameHandle> draw(const Scene& scene, FrameSize size) = 0;
  /// The pixels of a frame just drawn, top row first.
  virtual Result<Image> read_back(const FrameHandle& frame) = 0;
  /// Any size: draws in tiles where the driver's largest texture is too small.
  virtual Result<Image> render_to_image(const Scene& scene, FrameSize size) = 0;
};

}  // namespace headscope
