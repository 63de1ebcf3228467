#pragma once

#include <optional>

#include "document/document.h"
#include "render/renderer.h"
#include "scene/text.h"

namespace headscope {

/// How a document becomes pixels.
struct PictureOptions {
  FrameSize size{1280, 720};   ///< device pixels
  float scale = 0;             ///< device pixels per logical pixel; 0: automatic_scale(size)
  float ui_scale = 1;          ///< larger type and pills on the same stage
  std::optional<Theme> theme;  ///< none: the document's
  bool transparent = false;    ///< no background
  /// What stands around the view; without any of it the stage is alone.
  bool title = false, legend = true;
  bool caption = false;      ///< alt_text() of each moment, below
  bool source_line = false;  ///< model, text, heads, scale, version
};

/// A picture is composed as on a stage of 1280 × 720 and drawn larger; small pictures keep legible type
/// instead.
inline float automatic_scale(FrameSize size) {
  const float fit = static_cast<float>(size.width) / 1280 < static_cast<float>(size.height) / 720
                        ? static_cast<float>(size.width) / 1280
                        : static_cast<float>(size.height) / 720;
  return fit > 1 ? fit : 1;
}

}  // namespace headscope
