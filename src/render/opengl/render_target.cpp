#include "render/opengl/render_target.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

namespace headscope {

namespace {

// EXT_texture_sRGB_decode, which the loader is not generated with: it has no functions, two names are all.
constexpr GLenum kTextureSrgbDecode = 0x8A48;
constexpr GLint kSkipDecode = 0x8A4A;

bool has_extension(const char* wanted) {
  GLint count = 0;
  glGetIntegerv(GL_NUM_EXTENSIONS, &count);
  for (GLint i = 0; i < count; ++i) {
    const GLubyte* name = glGetStringi(GL_EXTENSIONS, static_cast<GLuint>(i));
    if (name && std::strcmp(reinterpret_cast<const char*>(name), wanted) == 0) return true;
  }
  return false;
}

bool has_srgb_decode_switch() {
  static const bool has = has_extension("GL_EXT_texture_sRGB_decode");
  return has;
}

// 65,536 steps of linear light -> sRGB bytes; the finest is a twentieth of a byte.
const std::vector<std::uint8_t>& encode_table() {
  static const std::vector<std::uint8_t> table = [] {
    std::vector<std::uint8_t> bytes(65536);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const double v = static_cast<double>(i) / 65535;
      const double encoded = v <= 0.0031308 ? v * 12.92 : 1.055 * std::pow(v, 1 / 2.4) - 0.055;
      bytes[i] = static_cast<std::uint8_t>(encoded * 255 + 0.5);
    }
    return bytes;
  }();
  return table;
}

}  // namespace

int max_target_side() {
  GLint texture = 0, viewport[2] = {0, 0};
  glGetIntegerv(GL_MAX_TEXTURE_SIZE, &texture);
  glGetIntegerv(GL_MAX_VIEWPORT_DIMS, viewport);
  return std::min({texture, viewport[0], viewport[1]});
}

Status RenderTarget::resize(FrameSize size, Format format) {
  if (size == size_ && format == format_ && framebuffer_) return {};
  const int most = max_target_side();
  if (size.width < 1 || size.height < 1 || size.width > most || size.height > most) {
    return Error{ErrorCode::InvalidArgument,
                 "a frame of " + std::to_string(size.width) + " x " + std::to_string(size.height) +
                     " pixels: each side must be 1 to " + std::to_string(most) + " here",
                 "Draw a smaller frame"};
  }
  if (!framebuffer_) {
    framebuffer_ = GlFramebuffer::make();
    texture_ = GlTexture::make();
  }
  while (glGetError() != GL_NO_ERROR) {
  }
  glBindTexture(GL_TEXTURE_2D, texture_.id());
  if (format == Format::LinearHalf) {
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA16F, size.width, size.height, 0, GL_RGBA, GL_HALF_FLOAT, nullptr);
  } else {
    const GLint stored = format == Format::SrgbBytes ? GL_SRGB8_ALPHA8 : GL_RGBA8;
    glTexImage2D(GL_TEXTURE_2D, 0, stored, size.width, size.height, 0, GL_RGBA, GL_UNSIGNED_BYTE, nullptr);
  }
  if (format == Format::SrgbBytes && has_srgb_decode_switch()) {
    glTexParameteri(GL_TEXTURE_2D, kTextureSrgbDecode, kSkipDecode);
  }
  for (const GLenum side : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T}) {
    glTexParameteri(GL_TEXTURE_2D, side, GL_CLAMP_TO_EDGE);
  }
  // It is shown pixel by pixel; software drivers need much longer to smooth.
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.id());
  glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture_.id(), 0);
  if (glGetError() != GL_NO_ERROR || glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
    size_ = {};
    return Error{ErrorCode::Unavailable,
                 "the driver has no memory for a frame of " + std::to_string(size.width) + " x " +
                     std::to_string(size.height) + " pixels",
                 "Close other programs, or draw a smaller frame"};
  }
  size_ = size;
  format_ = format;
  return {};
}

void RenderTarget::bind() const {
  glBindFramebuffer(GL_FRAMEBUFFER, framebuffer_.id());
  glViewport(0, 0, size_.width, size_.height);
  // The half-float target has no encoding, there the switch does nothing.
  glEnable(GL_FRAMEBUFFER_SRGB);
}

bool RenderTarget::shows_encoded() const {
  return format_ == Format::EncodedBytes || (format_ == Format::SrgbBytes && has_srgb_decode_switch());
}

void RenderTarget::copy_bytes(const RenderTarget& from) const {
  glDisable(GL_FRAMEBUFFER_SRGB);
  glBindFramebuffer(GL_READ_FRAMEBUFFER, from.framebuffer_.id());
  glBindFramebuffer(GL_DRAW_FRAMEBUFFER, framebuffer_.id());
  glBlitFramebuffer(0, 0, size_.width, size_.height, 0, 0, size_.width, size_.height, GL_COLOR_BUFFER_BIT,
                    GL_NEAREST);
}

void RenderTarget::read(std::span<std::uint8_t> out, std::size_t stride) const {
  glBindFramebuffer(GL_READ_FRAMEBUFFER, framebuffer_.id());
  glReadBuffer(GL_COLOR_ATTACHMENT0);
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  if (format_ != Format::LinearHalf) {
    glPixelStorei(GL_PACK_ROW_LENGTH, static_cast<GLint>(stride / 4));
    glReadPixels(0, 0, size_.width, size_.height, GL_RGBA, GL_UNSIGNED_BYTE, out.data());
    glPixelStorei(GL_PACK_ROW_LENGTH, 0);
    for (int y = 0; y < size_.height; ++y) {
      std::uint8_t* row = &out[stride * static_cast<std::size_t>(y)];
      for (int x = 0; x < size_.width; ++x) row[x * 4 + 3] = 255;
    }
    return;
  }
  std::vector<float> pixels(static_cast<std::size_t>(size_.width) * size_.height * 4);
  glReadPixels(0, 0, size_.width, size_.height, GL_RGBA, GL_FLOAT, pixels.data());
  const std::vector<std::uint8_t>& encode = encode_table();
  const float* from = pixels.data();
  for (int y = 0; y < size_.height; ++y) {
    std::uint8_t* to = &out[stride * static_cast<std::size_t>(y)];
    for (int x = 0; x < size_.width; ++x, from += 4, to += 4) {
      const float alpha = std::clamp(from[3], 0.0f, 1.0f), divide = alpha > 0 ? 65535 / alpha : 0;
      for (int part = 0; part < 3; ++part) {
        to[part] = encode[static_cast<std::size_t>(std::clamp(from[part] * divide, 0.0f, 65535.0f) + 0.5f)];
      }
      to[3] = static_cast<std::uint8_t>(alpha * 255 + 0.5f);
    }
  }
}

}  // namespace headscope
