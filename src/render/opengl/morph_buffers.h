#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "render/opengl/box_buffer.h"
#include "render/opengl/label_buffer.h"
#include "render/opengl/ribbon_buffer.h"

namespace headscope {

/// Which tween has a key; remembered, because the element under the mouse stays the same for many frames.
class FoundTween {
 public:
  /// -1 when no tween has it; 0 is nobody's key.
  int index(const std::vector<TweenTag>& tags, ElementKey key);

 private:
  ElementKey key_ = 0;
  int index_ = -1;
};

/// Everything of one morph that lives on the GPU, uploaded once.
struct MorphBuffers {
  std::uint64_t id = 0;
  std::uint64_t last_used = 0;
  RibbonBuffer ribbons;
  BoxBuffer boxes;
  LabelBuffer labels;
  FoundTween lit_ribbon, lit_box;
};

/// The morphs drawn last: a transition and the stills around it.
class MorphCache {
 public:
  /// Uploads the morph unless it is there. Errors: Unavailable when the driver's buffers are too small for
  /// it.
  Result<MorphBuffers*> find(const Morph& morph);

 private:
  std::array<MorphBuffers, 4> slots_;
  std::uint64_t clock_ = 0;
};

}  // namespace headscope
