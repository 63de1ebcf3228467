#include "render/opengl/ribbon_buffer.h"

#include <algorithm>
#include <cassert>

#include "render/opengl/texel.h"

namespace headscope {

namespace {

constexpr std::uint32_t kDenseEnds = 256;  ///< beside the number of segments
constexpr std::size_t kRibbonTexels = 8;   ///< a ribbon; shaders/ribbon.vert reads them

void append_points(std::vector<Texel>& out, const RibbonState& s) {
  out.push_back(float_texel(s.p0.x, s.p0.y, s.p1.x, s.p1.y));
  out.push_back(float_texel(s.p2.x, s.p2.y, s.p3.x, s.p3.y));
}

std::vector<Texel> pack(RibbonTweens ribbons, const std::vector<RibbonCut>& cuts) {
  std::vector<Texel> texels;
  texels.reserve(ribbons.size() * kRibbonTexels);
  for (std::size_t i = 0; i < ribbons.size(); ++i) {
    const Tween<RibbonState>& ribbon = ribbons[i];
    append_points(texels, ribbon.from);
    append_points(texels, ribbon.to);
    texels.push_back(float_texel(ribbon.from.width0, ribbon.from.width3, ribbon.to.width0, ribbon.to.width3));
    texels.push_back(color_texel(ribbon.from.color0, ribbon.from.color3));
    texels.push_back(color_texel(ribbon.to.color0, ribbon.to.color3));
    Texel last = float_texel(ribbon.begin, ribbon.end, 0, 0);
    last[2] = static_cast<std::uint32_t>(cuts[i].segments) | (cuts[i].dense_ends ? kDenseEnds : 0u);
    last[3] = pack_unorm16(ribbon.from.round_caps, ribbon.to.round_caps);
    texels.push_back(last);
  }
  return texels;
}

}  // namespace

std::size_t RibbonBuffer::max_ribbons() {
  // The index gives 25 bits to the ribbon: shaders/ribbon.vert.
  return std::min(max_data_texels() / kRibbonTexels, std::size_t{1} << 25);
}

bool RibbonCuts::refine(RibbonTweens ribbons, float px, bool exactly) {
  // Between two thirds and one and a half times the scale it was made for, nobody sees the difference.
  const float slack = exactly ? 1 : 1.5f;
  if (px_ > 0 && px <= px_ * slack && px >= px_ / slack) return false;
  px_ = px;
  cuts_.clear();
  cuts_.reserve(ribbons.size());
  for (const Tween<RibbonState>& ribbon : ribbons) cuts_.push_back(cut_ribbon(ribbon, px));
  return true;
}

void RibbonBuffer::upload(RibbonTweens ribbons) {
  assert(ribbons.size() <= max_ribbons());
  n_ribbons_ = static_cast<int>(ribbons.size());
  cuts_.reset();
}

const std::vector<RibbonCut>& RibbonBuffer::refine_cuts(RibbonTweens ribbons, float px, bool exactly) {
  cuts_.refine(ribbons, px, exactly);
  return cuts_.cuts();
}

void RibbonBuffer::refine(RibbonTweens ribbons, float px, bool exactly) {
  if (n_ribbons_ == 0 || !cuts_.refine(ribbons, px, exactly)) return;
  const std::vector<RibbonCut>& cuts = cuts_.cuts();
  const std::vector<Texel> texels = pack(ribbons, cuts);
  states_.upload(GL_RGBA32UI, texels.data(), texels.size());

  std::vector<std::uint32_t> indices;
  first_index_.clear();
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    first_index_.push_back(static_cast<std::uint32_t>(indices.size()));
    for (int step = 0; step < cuts[i].segments; ++step) {
      const auto corner = static_cast<std::uint32_t>(i << 7 | static_cast<std::size_t>(step) << 1);
      indices.insert(indices.end(), {corner, corner + 1, corner + 2, corner + 2, corner + 1, corner + 3});
    }
  }
  first_index_.push_back(static_cast<std::uint32_t>(indices.size()));
  if (!strips_) {
    strips_ = GlVertexArray::make();
    indices_ = GlBuffer::make();
  }
  glBindVertexArray(strips_.id());
  glBindBuffer(GL_ELEMENT_ARRAY_BUFFER, indices_.id());
  glBufferData(GL_ELEMENT_ARRAY_BUFFER, static_cast<GLsizeiptr>(indices.size() * 4), indices.data(),
               GL_STATIC_DRAW);
}

void RibbonBuffer::draw() const {
  if (n_ribbons_ == 0) return;
  states_.bind(GL_TEXTURE0);
  glBindVertexArray(strips_.id());
  glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(first_index_.back()), GL_UNSIGNED_INT, nullptr);
}

void RibbonBuffer::draw_one(int ribbon) const {
  assert(ribbon >= 0 && ribbon < n_ribbons_);
  const std::uint32_t first = first_index_[static_cast<std::size_t>(ribbon)];
  const std::uint32_t count = first_index_[static_cast<std::size_t>(ribbon) + 1] - first;
  states_.bind(GL_TEXTURE0);
  glBindVertexArray(strips_.id());
  glDrawElements(GL_TRIANGLES, static_cast<GLsizei>(count), GL_UNSIGNED_INT,
                 reinterpret_cast<const void*>(static_cast<std::uintptr_t>(first) * 4));
}

}  // namespace headscope
