#pragma once

#include <cstdint>
#include <vector>

#include "render/opengl/data_texture.h"
#include "scene/scene.h"

namespace headscope {

/// The ribbons of one morph on the GPU: both end states of each, and the strip of quads that shows it.
class RibbonBuffer {
 public:
  /// Uploads the states. REQUIRES: at most `max_ribbons()`.
  void upload(const Morph& morph);
  static std::size_t max_ribbons();

  /// Chooses the number of quads of each ribbon for this scale; does nothing while the last choice is good
  /// enough.
  void refine(const Morph& morph, float px);

  int size() const { return n_ribbons_; }
  /// Draws all, in order. REQUIRES: the ribbon program is in use; texture unit 0 is free.
  void draw() const;
  void draw_one(int ribbon) const;

 private:
  DataTexture states_;
  GlVertexArray strips_;
  GlBuffer indices_;
  std::vector<std::uint32_t> first_index_;  ///< of each ribbon, and one past the last
  int n_ribbons_ = 0;
  float refined_px_ = 0;
};

}  // namespace headscope
