#pragma once

#include <string>

#include "base/result.h"
#include "render/renderer.h"
#include "scene/scene.h"
#include "scene/text.h"

/// A scene as a file of paths and text, for any moment: what Renderer shows, at any magnification.
namespace headscope {

/// What a vector file says beside the picture.
struct VectorInfo {
  std::string title, description;  ///< for those who cannot see it; may be empty
  std::string document;            ///< SVG: kept in its metadata; empty: left out
};

/// SVG 1.1: every style is an attribute, text is text and names its fonts (Inter, JetBrains Mono and what
/// else it used), large matrices are embedded PNG images. UTF-8. Equal scenes give equal text.
///   size  of the picture, device pixels; the drawing is in logical ones (Scene::pixel_scale)
std::string render_svg(const Scene& scene, FrameSize size, FontLibrary& fonts, const VectorInfo& info);

/// PDF 1.5, one page: fonts are embedded, text can be selected and searched in any script. Errors: Io,
/// Unavailable: what Cairo reports.
///   width_pt  of the page, points (1/72 inch); its height follows from `size`
Result<std::string> render_pdf(const Scene& scene, FrameSize size, FontLibrary& fonts, const VectorInfo& info,
                               double width_pt);

/// Where the SVG keeps the document: the name of its element in `metadata`.
inline constexpr const char* kSvgDocumentElement = "headscope:document";

}  // namespace headscope
