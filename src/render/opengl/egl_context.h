#pragma once

#include <memory>
#include <string>
#include <vector>

#include "render/opengl/offscreen_context.h"

namespace headscope {

/// One way of asking EGL for a display.
struct EglChoice {
  std::string name;        ///< "EGL surfaceless"
  unsigned platform = 0;   ///< EGL_PLATFORM_…
  void* native = nullptr;  ///< the device, or nothing
};

/// Surfaceless first, then every graphics device that EGL lists. Empty lists are explained in
/// `why_no_device`.
std::vector<EglChoice> egl_choices(std::string& why_no_device);

/// Errors: Unavailable; the message is the reason alone ("eglInitialize: EGL_NOT_INITIALIZED").
Result<std::unique_ptr<OffscreenContext>> create_egl_context(const EglChoice& choice);

}  // namespace headscope
