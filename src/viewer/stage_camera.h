#pragma once

#include "scene/scene.h"

namespace headscope {

/// What the user looks at: the whole picture, or a part of it that was chosen by zooming and panning.
class StageCamera {
 public:
  static constexpr float kMinZoom = 0.05f, kMaxZoom = 20;

  /// Shows `bounds` whole, never enlarged, in the middle of a stage of this size.
  static Camera fit(const Rect& bounds, float width, float height);

  void set_stage(float width, float height) { width_ = width, height_ = height; }
  void set_bounds(const Rect& bounds) { bounds_ = bounds; }

  Camera camera() const { return chosen_ ? chosen_camera_ : fit(bounds_, width_, height_); }
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

  Rect bounds_;
  float width_ = 0, height_ = 0;
  bool chosen_ = false;
  Camera chosen_camera_;
};

}  // namespace headscope
