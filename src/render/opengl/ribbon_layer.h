#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/opengl/gl_names.h"
#include "render/opengl/render_target.h"
#include "render/opengl/ribbon_buffer.h"
#include "render/raster/ribbon_raster.h"
#include "render/renderer.h"

namespace headscope {

/// The ribbons of a frame, drawn by RibbonRaster and laid over what is in the target. What would be the same
/// picture again is not drawn again: hovering, and panels that change around a still stage, cost no ribbons.
class RibbonLayer {
 public:
  /// Draws the ribbons of a part of the picture.
  ///   target  bound, with what lies under the ribbons; `tile` is its place in the picture
  ///   corner  uniform of the layer program. REQUIRES for targets that can be seen through: it is in use, an
  ///           empty vertex array is bound, texture unit 0 is free
  void draw(const Scene& scene, std::span<const RibbonCut> cuts, const RenderTarget& target, Vec2 tile,
            GLint corner);

  /// The highlighted one as a buffer of its own for the driver: only it is uploaded.
  RibbonBuffer& lit(const Morph& morph, int ribbon, float px);

 private:
  /// Everything that the pixels depend on.
  struct Shown {
    std::uint64_t morph = 0;
    float mix = 0, px = 0;
    Vec2 offset, tile;
    FrameSize size;
    friend bool operator==(const Shown&, const Shown&) = default;
  };
  /// Larger targets are drawn in bands of so many pixels, to bound the memory.
  static constexpr int kMostPixels = 1 << 22;

  /// Opaque targets: their bytes come here, get the light, and go back. In software that costs a fraction of
  /// a blended pass.
  void merge(RibbonRaster::Area area, const RenderTarget& target, int y);
  /// Others: as a texture.
  void show(RibbonRaster::Area area, int y, int height, GLint corner);

  RibbonRaster raster_;
  GlTexture texture_;
  int width_ = 0, height_ = 0;  ///< of the texture
  Shown shown_;
  RibbonRaster::Area area_;
  std::vector<std::uint32_t> bytes_;
  RibbonBuffer lit_;
  std::uint64_t lit_morph_ = 0;
  int lit_ribbon_ = -1;
};

/// Whether the driver draws on the CPU.
bool driver_is_software();

}  // namespace headscope
