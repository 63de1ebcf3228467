#pragma once

#include "render/opengl/data_texture.h"
#include "scene/scene.h"

namespace headscope {

/// The boxes of one morph on the GPU. Those of a layer below 0 lie under matrices and ribbons, the others
/// above.
class BoxBuffer {
 public:
  void upload(const Morph& morph);
  static std::size_t max_boxes();
  int size() const { return n_boxes_; }
  int n_under() const { return n_under_; }
  /// Draws `count` boxes from `first` on. REQUIRES: the box program is in use, an empty vertex array is
  /// bound.
  void draw(int first, int count) const;

 private:
  DataTexture states_;
  int n_boxes_ = 0, n_under_ = 0;
};

}  // namespace headscope
