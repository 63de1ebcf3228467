#pragma once

#include <memory>

#include "render/opengl/offscreen_context.h"

namespace headscope {

/// A context that belongs to a window which is never shown: for drivers whose EGL draws nothing off-screen.
/// Errors: Unavailable; the message is the reason alone.
Result<std::unique_ptr<OffscreenContext>> create_hidden_window_context();

}  // namespace headscope
