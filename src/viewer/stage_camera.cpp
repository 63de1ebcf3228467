#include "viewer/stage_camera.h"

#include <algorithm>

namespace headscope {

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
