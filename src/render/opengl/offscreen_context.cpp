#include "render/opengl/offscreen_context.h"

#include "render/opengl/egl_context.h"
#include "render/window/hidden_window.h"

namespace headscope {

Result<std::unique_ptr<OffscreenContext>> OffscreenContext::create() {
  std::string why_no_device, tried;
  for (const EglChoice& choice : egl_choices(why_no_device)) {
    Result<std::unique_ptr<OffscreenContext>> made = create_egl_context(choice);
    if (made) return made;
    tried += choice.name + " (" + made.error().message + "), ";
  }
  if (!why_no_device.empty()) tried += "EGL devices (" + why_no_device + "), ";
  Result<std::unique_ptr<OffscreenContext>> hidden = create_hidden_window_context();
  if (hidden) return hidden;
  std::string reason = hidden.error().message;
  if (reason.starts_with("no window system: ")) reason.erase(0, 18);
  return Error{ErrorCode::Unavailable,
               "no way to draw off-screen; tried " + tried + "hidden window (" + reason + ")",
               "Install software OpenGL (Debian: libgl1-mesa-dri and libegl-mesa0)"};
}

}  // namespace headscope
