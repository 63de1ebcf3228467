#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "render/opengl/gl_names.h"
#include "scene/scene.h"

namespace headscope {

/// Matrices as float textures with levels of maxima, pictures as sRGB textures with levels of means, one for
/// each MatrixValues::id, and the colour maps.
/// Textures not drawn for a while go when there are too many.
class MatrixCache {
 public:
  /// Binds the matrix; uploads it the first time.
  /// returns the number of its coarsest level
  int bind(const MatrixValues& matrix, GLenum unit);
  void bind_palette(ColorMap map, GLenum unit);
  /// Call once a frame.
  void end_frame();

 private:
  struct Entry {
    GlTexture texture;
    int top_level = 0;
    std::size_t bytes = 0;
    std::uint64_t last_frame = 0;
  };
  static Entry upload(const MatrixValues& matrix);
  static Entry upload_picture(const MatrixValues& picture);

  std::unordered_map<std::uint64_t, Entry> entries_;
  std::array<GlTexture, 4> palettes_;
  std::size_t bytes_ = 0;
  std::uint64_t frame_ = 0;
};

}  // namespace headscope
