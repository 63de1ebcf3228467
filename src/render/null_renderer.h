#pragma once

#include "render/renderer.h"

namespace headscope {

/// Draws nothing and remembers what it was asked: for tests of everything above the renderer.
class NullRenderer : public Renderer {
 public:
  Result<FrameHandle> draw(const Scene& scene, FrameSize size) override {
    ++frames_drawn;
    last_scene = scene;
    return FrameHandle{0, size};
  }
  Result<Image> read_back(const FrameHandle& frame) override { return blank(frame.size); }
  Result<Image> render_to_image(const Scene& scene, FrameSize size) override {
    ++frames_drawn;
    last_scene = scene;
    return blank(size);
  }

  int frames_drawn = 0;
  Scene last_scene;

 private:
  static Image blank(FrameSize size) {
    return {size.width, size.height,
            std::vector<std::uint8_t>(static_cast<std::size_t>(size.width) * size.height * 4)};
  }
};

}  // namespace headscope
