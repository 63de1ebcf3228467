#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>

#include "base/result.h"
#include "export/animation.h"
#include "io/image.h"

/// A document as files: what `headscope render` writes, and the window's own pictures, by the same draw.
namespace headscope {

/// One picture of a document. Errors: those of the renderer.
Result<Image> render_still(const Document& document, const AttentionTrace& trace, Renderer& renderer,
                           FontLibrary& fonts, const PictureOptions& options);

/// The same as a PNG file that carries the document, the readout and the program's version, so that Headscope
/// can open the picture again. The file is whole or not there. Errors: also those of write_png.
Status render_png(const std::filesystem::path& path, const Document& document, const AttentionTrace& trace,
                  Renderer& renderer, FontLibrary& fonts, const PictureOptions& options);

/// The key under which a PNG carries its document (document_text).
inline constexpr const char* kDocumentKey = "Headscope document";

struct FrameRange {
  double begin_secs = 0;
  double end_secs = -1;  ///< below 0: the end of the animation
  double fps = 60;
};

/// Pictures taken at begin, begin + 1/fps, … before the end, at least one.
int frame_count(const Animation& animation, const FrameRange& range);

/// Draws them one after another. `take` gets each with its number, from 1 on, and how many there will be.
/// Errors: Cancelled, those of the renderer, and whatever `take` returns.
Status for_each_frame(const Animation& animation, const FrameRange& range, Renderer& renderer,
                      std::stop_token stop,
                      const std::function<Status(const Image&, int number, int count)>& take);

/// PNG files 000001.png, 000002.png, … in `folder`, which is made when it is not there. Each file is whole or
/// not there, also after Ctrl-C. `progress` may be empty. Errors: also those of write_png.
Status render_frames(const std::filesystem::path& folder, const Animation& animation, const FrameRange& range,
                     Renderer& renderer, std::stop_token stop,
                     const std::function<void(int done, int count)>& progress);

}  // namespace headscope
