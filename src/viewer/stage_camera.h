#pragma once

#include "scene/scene.h"

namespace headscope {

/// What the user looks at: the whole picture, or a part of it that was chosen by zooming and panning.
class StageCamera {
 public:
  static constexpr float kMinZoom = 0.05f, kMaxZoom = 20;

  void set_stage(float width, float height) { width_ = width, height_ = height; }
  /// What the picture itself asks for (camera_of in scene/morph.h), shown until something else is chosen.
  void set_own(const Camera& own) { own_ = own; }

  Camera camera() const { return chosen_ ? chosen_camera_ : own_; }
  bool fitted() const { return !chosen_; }
  void fit() { chosen_ = false; }
  /// The point of the picture under `at` (stage, logical pixels) stays where it is.
  void zoom(float factor, Vec2 at);
  void zoom(float factor) { zoom(factor, {width_ / 2, height_ / 2}); }
  /// Moves the picture by so many logical pixels.
  void pan(float dx, float dy);

  Vec2 layout_from_stage(Vec2 point) const;

 private:
  void choose();

  Camera own_;
  float width_ = 0, height_ = 0;
  bool chosen_ = false;
  Camera chosen_camera_;
};

}  // namespace headscope
