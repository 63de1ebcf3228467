#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "render/opengl/data_texture.h"
#include "render/opengl/ribbon_segments.h"
#include "scene/scene.h"

namespace headscope {

using RibbonTweens = std::span<const Tween<RibbonState>>;

/// Into how many pieces each ribbon of one morph is cut.
class RibbonCuts {
 public:
  /// Forgets the last choice: another morph.
  void reset() { px_ = 0; }
  /// Chooses for this scale. Returns false, and does nothing, while the last choice is good enough, or,
  /// `exactly`, was made for this very scale.
  bool refine(RibbonTweens ribbons, float px, bool exactly);
  const std::vector<RibbonCut>& cuts() const { return cuts_; }

 private:
  std::vector<RibbonCut> cuts_;
  float px_ = 0;
};

/// The ribbons of one morph on the GPU: both end states of each, and the strip of quads that shows it.
class RibbonBuffer {
 public:
  /// Prepares for other ribbons. REQUIRES: at most `max_ribbons()`.
  void upload(RibbonTweens ribbons);
  static std::size_t max_ribbons();

  /// Uploads the states with the number of quads that fits this scale; does nothing while the last choice is
  /// good enough.
  void refine(RibbonTweens ribbons, float px, bool exactly);
  /// Chooses the cuts alone, for drawing without the driver.
  const std::vector<RibbonCut>& refine_cuts(RibbonTweens ribbons, float px, bool exactly);

  int size() const { return n_ribbons_; }
  /// Draws all, in order. REQUIRES: the ribbon program is in use; texture unit 0 is free.
  void draw() const;
  void draw_one(int ribbon) const;

 private:
  DataTexture states_;
  GlVertexArray strips_;
  GlBuffer indices_;
  std::vector<std::uint32_t> first_index_;  ///< of each ribbon, and one past the last
  RibbonCuts cuts_;
  int n_ribbons_ = 0;
};

}  // namespace headscope
