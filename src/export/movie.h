#pragma once

#include <stop_token>

#include "export/frames.h"
#include "export/movie_writer.h"

namespace headscope {

/// Draws the frames here, and converts and encodes them on two other threads meanwhile. A few frames are on
/// their way at any time, however long the movie. Errors: those of `source` and `movie`; Cancelled. Then
/// there is no file. `progress` is called on another thread, and may be empty.
Status write_movie(const FrameSource& source, FrameSpan span, MovieWriter& movie, std::stop_token stop,
                   const ExportProgress& progress);

/// The colours for a GIF of these frames, from some of them: evenly spaced, at most 24.
Result<std::vector<std::uint32_t>> palette_of(const FrameSource& source, FrameSpan span,
                                              std::stop_token stop);

}  // namespace headscope
