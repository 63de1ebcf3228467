#include "export/render_document.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "base/version.h"
#include "document/document_json.h"

namespace headscope {

namespace {

/// The trace that is there already, whatever is asked.
TraceOf always(const AttentionTrace& trace) {
  // Borrowed: Animation::make keeps nothing of it.
  return [&trace](const Document&) -> Result<TracePtr> { return TracePtr(std::shared_ptr<void>(), &trace); };
}

struct Still {
  Image image;
  std::string readout;
};

Result<Still> draw_still(const Document& document, const AttentionTrace& trace, Renderer& renderer,
                         FontLibrary& fonts, const PictureOptions& options) {
  const Moment moment{document, 0, 0};
  const Result<Animation> animation = Animation::make(std::span(&moment, 1), always(trace), fonts, options);
  if (!animation) return animation.error();
  const Scene scene = animation->scene_at(0);
  Result<Image> image = renderer.render_to_image(scene, options.size);
  if (!image) return image.error();
  return Still{std::move(*image), scene.morph->to->readout};
}

}  // namespace

Result<Image> render_still(const Document& document, const AttentionTrace& trace, Renderer& renderer,
                           FontLibrary& fonts, const PictureOptions& options) {
  Result<Still> still = draw_still(document, trace, renderer, fonts, options);
  if (!still) return still.error();
  return std::move(still->image);
}

Status render_png(const std::filesystem::path& path, const Document& document, const AttentionTrace& trace,
                  Renderer& renderer, FontLibrary& fonts, const PictureOptions& options) {
  const Result<Still> still = draw_still(document, trace, renderer, fonts, options);
  if (!still) return still.error();
  const ImageTexts texts = {{"Software", std::string("Headscope ") + kVersion},
                            {"Description", still->readout},
                            {kDocumentKey, document_text(document)}};
  return write_png(path, still->image, texts);
}

int frame_count(const Animation& animation, const FrameRange& range) {
  const double end = range.end_secs < 0 ? animation.duration_secs() : range.end_secs;
  const double count = std::ceil((end - range.begin_secs) * range.fps - 1e-6);
  return static_cast<int>(std::clamp(count, 1.0, 10'000'000.0));
}

Status for_each_frame(const Animation& animation, const FrameRange& range, Renderer& renderer,
                      std::stop_token stop,
                      const std::function<Status(const Image&, int number, int count)>& take) {
  if (!(range.fps > 0) || !(range.begin_secs >= 0)) {
    return Error{ErrorCode::InvalidArgument,
                 "frames need a rate above 0 and a start of 0 s or later, found " +
                     std::to_string(range.fps) + " frames/s from " + std::to_string(range.begin_secs) + " s",
                 "Try --fps 60"};
  }
  const int count = frame_count(animation, range);
  for (int number = 1; number <= count; ++number) {
    if (stop.stop_requested())
      return Error{ErrorCode::Cancelled,
                   "stopped after " + std::to_string(number - 1) + " of " + std::to_string(count) + " frames",
                   ""};
    const double time = range.begin_secs + (number - 1) / range.fps;
    const Result<Image> image = renderer.render_to_image(animation.scene_at(time), animation.options().size);
    if (!image) return image.error();
    if (Status taken = take(*image, number, count); !taken) return taken;
  }
  return {};
}

Status render_frames(const std::filesystem::path& folder, const Animation& animation, const FrameRange& range,
                     Renderer& renderer, std::stop_token stop,
                     const std::function<void(int done, int count)>& progress) {
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    return Error{ErrorCode::Io, "cannot make the folder '" + folder.string() + "': " + failure.message(),
                 "Choose a folder that you may write to"};
  }
  return for_each_frame(animation, range, renderer, stop,
                        [&](const Image& image, int number, int count) -> Status {
                          char name[32];
                          std::snprintf(name, sizeof name, "%06d.png", number);
                          Status written = write_png(folder / name, image);
                          if (written && progress) progress(number, count);
                          return written;
                        });
}

}  // namespace headscope
