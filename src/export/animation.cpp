#include "export/animation.h"

#include <utility>

namespace headscope {

Result<Animation> Animation::make(std::span<const Moment> moments, const TraceOf& trace_of,
                                  FontLibrary& fonts, const PictureOptions& options) {
  Animation made;
  made.options_ = options;
  if (made.options_.scale <= 0) made.options_.scale = automatic_scale(options.size);
  MovingPicture::Options motion;
  motion.stage.width = static_cast<float>(options.size.width) / made.options_.scale;
  motion.stage.height = static_cast<float>(options.size.height) / made.options_.scale;
  motion.stage.ui_scale = options.ui_scale;
  motion.stage.fonts = &fonts;
  motion.stage.title = options.title;
  motion.stage.legend = options.legend;
  motion.caption = options.caption;
  motion.source_line = options.source_line;
  motion.theme = options.theme;
  Result<MovingPicture> picture = MovingPicture::make(moments, trace_of, motion);
  if (!picture) return picture.error();
  made.picture_ = std::move(*picture);
  return made;
}

Scene Animation::scene_at(double time_secs) const {
  Scene scene = picture_.scene_at(time_secs);
  scene.pixel_scale = options_.scale;
  scene.transparent = options_.transparent;
  scene.reproducible = true;
  return scene;
}

}  // namespace headscope
