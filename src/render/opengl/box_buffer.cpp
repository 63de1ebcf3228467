#include "render/opengl/box_buffer.h"

#include <vector>

#include "render/opengl/texel.h"

namespace headscope {

namespace {

constexpr std::size_t kBoxTexels = 6;  ///< a box; shaders/box.vert reads them

Texel rect_texel(const Rect& r) {
  return float_texel(r.x, r.y, r.width, r.height);
}

}  // namespace

std::size_t BoxBuffer::max_boxes() {
  return max_data_texels() / kBoxTexels;
}

void BoxBuffer::upload(const Morph& morph) {
  std::vector<Texel> texels;
  texels.reserve(morph.boxes.size() * kBoxTexels);
  for (const Tween<BoxState>& box : morph.boxes) {
    texels.push_back(rect_texel(box.from.rect));
    texels.push_back(rect_texel(box.to.rect));
    texels.push_back(float_texel(box.from.radius, box.from.border, box.to.radius, box.to.border));
    texels.push_back(color_texel(box.from.fill, box.from.stroke));
    texels.push_back(color_texel(box.to.fill, box.to.stroke));
    texels.push_back(float_texel(box.begin, box.end, 0, 0));
  }
  n_boxes_ = static_cast<int>(morph.boxes.size());
  n_under_ = 0;  // tweens are sorted by layer
  for (const TweenTag& tag : morph.box_tags) n_under_ += tag.layer < 0;
  states_.upload(GL_RGBA32UI, texels.data(), texels.size());
}

void BoxBuffer::draw(int first, int count) const {
  if (count <= 0) return;
  states_.bind(GL_TEXTURE0);
  glDrawArrays(GL_TRIANGLES, first * 6, count * 6);
}

}  // namespace headscope
