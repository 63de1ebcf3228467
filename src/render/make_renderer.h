#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "render/opengl/offscreen_context.h"
#include "render/renderer.h"
#include "scene/text.h"

namespace headscope {

/// Who turns ribbons into pixels.
enum class RibbonDrawing {
  Auto,    ///< the driver, unless it is software
  Driver,  ///< OpenGL
  Own,     ///< render/raster, on the CPU: much faster than software OpenGL
};

struct RendererOptions {
  RibbonDrawing ribbons = RibbonDrawing::Auto;
  /// render_to_image draws larger pictures in tiles of at most this side; 0: the driver's largest, at most
  /// 4096.
  int max_tile = 0;
  /// Show frames through a copy even where the driver could show them directly (for testing that path).
  bool copy_for_display = false;
};

/// A renderer on the OpenGL 3.3 core context that is current (a Window's). `fonts` and the context outlive
/// it. Errors: NotFound for missing shaders, Unsupported when the driver refuses one.
Result<std::unique_ptr<Renderer>> make_renderer(FontLibrary& fonts, const std::filesystem::path& shaders_dir,
                                                const RendererOptions& options = {});

/// A renderer with its own off-screen context, made current by every call. Errors: also those of
/// OffscreenContext.
Result<std::unique_ptr<Renderer>> make_offscreen_renderer(FontLibrary& fonts,
                                                          const std::filesystem::path& shaders_dir,
                                                          const RendererOptions& options = {});

}  // namespace headscope
