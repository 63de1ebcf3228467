#include "viewer/stage_camera.h"

#include <algorithm>

namespace headscope {

Camera StageCamera::fit(const Rect& bounds, float width, float height) {
  if (width <= 0 || height <= 0 || bounds.width <= 0 || bounds.height <= 0) return {};
  const float zoom = std::clamp(std::min(width / bounds.width, height / bounds.height), kMinZoom, 1.0f);
  const Vec2 half{0.5f * width / zoom, 0.5f * height / zoom};
  return {bounds.center() - half, zoom};
}

void StageCamera::choose() {
  chosen_camera_ = camera();
  chosen_ = true;
}

void StageCamera::zoom(float factor, Vec2 at) {
  choose();
  const Vec2 fixed = layout_from_stage(at);
  chosen_camera_.zoom = std::clamp(chosen_camera_.zoom * factor, kMinZoom, kMaxZoom);
  chosen_camera_.offset = fixed - (1 / chosen_camera_.zoom) * at;
}

void StageCamera::pan(float dx, float dy) {
  choose();
  chosen_camera_.offset = chosen_camera_.offset - (1 / chosen_camera_.zoom) * Vec2{dx, dy};
}

Vec2 StageCamera::layout_from_stage(Vec2 point) const {
  const Camera now = camera();
  return (1 / now.zoom) * point + now.offset;
}

}  // namespace headscope
