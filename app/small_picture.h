#pragma once

#include "scene/scene.h"
#include "ui/ui_frame.h"

namespace headscope {

/// What of a layout can be seen at the size of a thumbnail: its strongest bands, its boxes, bars in the place
/// of words, matrices in a few cells. The camera's part of it.
UiPicture small_picture(const Layout& layout);

}  // namespace headscope
