#include "render/window/panel_picture.h"

#include <glad/gl.h>

namespace headscope {

PanelPicture::~PanelPicture() {
  if (texture_) glDeleteTextures(1, &texture_);
}

void PanelPicture::set(const Image& image) {
  width_ = image.width;
  height_ = image.height;
  if (image.rgba.empty()) {
    if (texture_) glDeleteTextures(1, &texture_);
    texture_ = 0;
    return;
  }
  if (!texture_) glGenTextures(1, &texture_);
  glBindTexture(GL_TEXTURE_2D, texture_);
  for (const GLenum side : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER})
    glTexParameteri(GL_TEXTURE_2D, side, GL_LINEAR);
  for (const GLenum side : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T})
    glTexParameteri(GL_TEXTURE_2D, side, GL_CLAMP_TO_EDGE);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA8, image.width, image.height, 0, GL_RGBA, GL_UNSIGNED_BYTE,
               image.rgba.data());
}

}  // namespace headscope
