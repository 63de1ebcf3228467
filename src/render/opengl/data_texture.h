#pragma once

#include <cstddef>

#include "render/opengl/gl_names.h"

namespace headscope {

/// An array of 16-byte texels that shaders fetch by index: a buffer and the texture that shows it.
class DataTexture {
 public:
  /// `format`: GL_RGBA32UI or GL_RGBA32F.
  void upload(GLenum format, const void* texels, std::size_t n_texels) {
    if (!buffer_) buffer_ = GlBuffer::make();
    glBindBuffer(GL_TEXTURE_BUFFER, buffer_.id());
    const auto bytes = static_cast<GLsizeiptr>(n_texels * 16);
    if (n_texels > capacity_) {
      capacity_ = n_texels;
      glBufferData(GL_TEXTURE_BUFFER, bytes, texels, GL_DYNAMIC_DRAW);
    } else if (n_texels > 0) {
      glBufferSubData(GL_TEXTURE_BUFFER, 0, bytes, texels);
    }
    if (!texture_ && capacity_ > 0) {
      texture_ = GlTexture::make();
      glBindTexture(GL_TEXTURE_BUFFER, texture_.id());
      glTexBuffer(GL_TEXTURE_BUFFER, format, buffer_.id());
    }
  }
  void bind(GLenum unit) const {
    glActiveTexture(unit);
    glBindTexture(GL_TEXTURE_BUFFER, texture_.id());
  }

 private:
  GlBuffer buffer_;
  GlTexture texture_;
  std::size_t capacity_ = 0;
};

/// The largest number of texels a DataTexture may have here.
inline std::size_t max_data_texels() {
  GLint most = 65536;
  glGetIntegerv(GL_MAX_TEXTURE_BUFFER_SIZE, &most);
  return static_cast<std::size_t>(most);
}

}  // namespace headscope
