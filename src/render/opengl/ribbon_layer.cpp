#include "render/opengl/ribbon_layer.h"

#include <algorithm>
#include <string_view>

namespace headscope {

bool driver_is_software() {
  const auto* name = reinterpret_cast<const char*>(glGetString(GL_RENDERER));
  const std::string_view renderer = name ? name : "";
  for (const char* software : {"llvmpipe", "softpipe", "swrast", "SwiftShader", "Software Rasterizer"}) {
    if (renderer.find(software) != std::string_view::npos) return true;
  }
  return false;
}

void RibbonLayer::merge(RibbonRaster::Area area, const RenderTarget& target, int y) {
  // Tiles may reach past the frame.
  const int width = std::min(area.width, target.size().width - area.x);
  const int height = std::min(area.height, target.size().height - y - area.y);
  const std::size_t n_pixels = static_cast<std::size_t>(area.width) * static_cast<std::size_t>(area.height);
  if (bytes_.size() < n_pixels) bytes_.resize(n_pixels);
  glPixelStorei(GL_PACK_ALIGNMENT, 4);
  glPixelStorei(GL_PACK_ROW_LENGTH, area.width);
  glReadPixels(area.x, y + area.y, width, height, GL_RGBA, GL_UNSIGNED_BYTE, bytes_.data());
  glPixelStorei(GL_PACK_ROW_LENGTH, 0);
  raster_.merge(area, bytes_);
  glActiveTexture(GL_TEXTURE0);
  glBindTexture(GL_TEXTURE_2D, target.texture());
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glPixelStorei(GL_UNPACK_ROW_LENGTH, area.width);
  glTexSubImage2D(GL_TEXTURE_2D, 0, area.x, y + area.y, width, height, GL_RGBA, GL_UNSIGNED_BYTE,
                  bytes_.data());
  glPixelStorei(GL_UNPACK_ROW_LENGTH, 0);
  glBindTexture(GL_TEXTURE_2D, 0);
}

void RibbonLayer::show(RibbonRaster::Area area, int y, int height, GLint corner) {
  glActiveTexture(GL_TEXTURE0);
  if (!texture_) texture_ = GlTexture::make();
  glBindTexture(GL_TEXTURE_2D, texture_.id());
  if (area.width > width_ || area.height > height_) {
    width_ = std::max(width_, area.width);
    height_ = std::max(height_, area.height);
    glTexImage2D(GL_TEXTURE_2D, 0, GL_RGBA16, width_, height_, 0, GL_RGBA, GL_UNSIGNED_SHORT, nullptr);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  }
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, area.width, area.height, GL_RGBA, GL_UNSIGNED_SHORT,
                  raster_.store(area).data());
  glEnable(GL_SCISSOR_TEST);
  glScissor(area.x, y + area.y, area.width, std::min(area.height, height - area.y));
  glUniform2i(corner, area.x, y + area.y);
  glDrawArrays(GL_TRIANGLES, 0, 3);
  glDisable(GL_SCISSOR_TEST);
}

void RibbonLayer::draw(const Scene& scene, std::span<const RibbonCut> cuts, const RenderTarget& target,
                       Vec2 tile, GLint corner) {
  const FrameSize size = target.size();
  const float px = scene.camera.zoom * scene.pixel_scale;
  const Shown wanted{scene.morph->id, scene.mix, px, scene.camera.offset, tile, size};
  // Whole rows of tiles, so that no tile of one band reaches into the next.
  const int band =
      std::max(1, kMostPixels / size.width / RibbonRaster::kTileHeight) * RibbonRaster::kTileHeight;
  for (int y = 0; y < size.height; y += band) {
    const int height = std::min(band, size.height - y);
    const bool whole = height == size.height;
    if (!whole || !(wanted == shown_)) {
      const Vec2 at{tile.x, tile.y + static_cast<float>(y)};
      area_ = raster_.draw(
          *scene.morph, cuts, scene.mix,
          {scene.camera.offset, px, at, static_cast<float>(size.width), static_cast<float>(height)});
      shown_ = whole ? wanted : Shown{};
    }
    if (area_.width == 0) continue;
    if (target.is_opaque()) {
      merge(area_, target, y);
    } else {
      show(area_, y, height, corner);
    }
  }
}

RibbonBuffer& RibbonLayer::lit(const Morph& morph, int ribbon, float px) {
  if (morph.id != lit_morph_ || ribbon != lit_ribbon_) {
    lit_morph_ = morph.id;
    lit_ribbon_ = ribbon;
    lit_.upload(std::span(morph.ribbons).subspan(static_cast<std::size_t>(ribbon), 1));
  }
  lit_.refine(std::span(morph.ribbons).subspan(static_cast<std::size_t>(ribbon), 1), px, false);
  return lit_;
}

}  // namespace headscope
