#pragma once

#include <cstdint>
#include <span>

#include "base/result.h"
#include "render/opengl/gl_names.h"
#include "render/renderer.h"

namespace headscope {

/// Where a frame is drawn. Blending happens in linear light: the opaque format is sRGB-encoded 8 bit, which
/// the driver decodes and encodes around every blend; the transparent one is linear half floats,
/// premultiplied, so that faint colours survive the division by their alpha; the third is a copy of the first
/// for drivers whose samplers cannot be told to leave sRGB alone. Row 0 is the top of the picture.
class RenderTarget {
 public:
  enum class Format { SrgbBytes, LinearHalf, EncodedBytes };

  /// Errors: InvalidArgument beyond the driver's largest texture, Unavailable when its memory is used up.
  Status resize(FrameSize size, Format format);
  void bind() const;
  FrameSize size() const { return size_; }
  bool is_opaque() const { return format_ != Format::LinearHalf; }
  GLuint texture() const { return texture_.id(); }
  /// Whether samplers see the encoded bytes, as Dear ImGui wants them.
  bool shows_encoded() const;
  /// Copies the bytes of an SrgbBytes target of the same size, without any conversion.
  void copy_bytes(const RenderTarget& from) const;

  /// The pixels as 8-bit sRGB with straight alpha, top row first.
  ///   out       rows of `stride` bytes
  void read(std::span<std::uint8_t> out, std::size_t stride) const;

 private:
  GlFramebuffer framebuffer_;
  GlTexture texture_;
  FrameSize size_;
  Format format_ = Format::SrgbBytes;
};

/// The longest side that a target may have here.
int max_target_side();

}  // namespace headscope
