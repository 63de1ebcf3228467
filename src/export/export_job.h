#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "document/export_settings.h"
#include "export/frame_folder.h"
#include "export/frames.h"
#include "export/picture_options.h"

namespace headscope {

/// What is to be written.
struct ExportJob {
  std::filesystem::path out;
  ExportFormat format = ExportFormat::Png;
  FrameRange range;                ///< of movies and frames
  Shard shard;                     ///< of frames
  double page_width_pt = 0;        ///< of a PDF, 1/72 inch; 0: a logical pixel is 1/96 inch
  double at_secs = 0;              ///< the moment of a still
  std::string document;            ///< document_text(); stills and frames carry it. Empty: left out
  std::string title, description;  ///< a line; what is in the picture, for those who cannot see it
};

/// Writes it. Every file is whole or not there; of frames, what was finished stays. The animation's options
/// say the size. Uses the calling thread for drawing and others for the rest; `progress` may come from any of
/// them. Errors: InvalidArgument (a size, rate, range that the format does not have), Cancelled, Io, those of
/// the renderer.
Status run_export(const ExportJob& job, const Animation& animation, Renderer& renderer, FontLibrary& fonts,
                  std::stop_token stop, const ExportProgress& progress);

/// What an estimate measures: some frames of the job, one after the other, as its format.
struct SampleOptions {
  std::vector<int> numbers;            ///< of the whole animation; at least one
  std::vector<std::uint32_t> palette;  ///< of a GIF
};
/// REQUIRES: a format of many frames. Errors: as run_export.
Status write_sample(const ExportJob& job, const Animation& animation, Renderer& renderer,
                    const SampleOptions& sample, std::stop_token stop);

/// Encodes the frames of a folder as a movie. REQUIRES: check_frames. Errors: as run_export, and those of
/// frames_from.
Status join_frames(const std::filesystem::path& folder, const FrameSet& set, const std::filesystem::path& out,
                   std::stop_token stop, const ExportProgress& progress);

}  // namespace headscope
