#pragma once

#include <filesystem>
#include <memory>

#include "export/movie_writer.h"

namespace headscope {

/// MP4, WebM and GIF through libavcodec and libavformat. Inside of src/export; libav is met in its .cpp
/// alone. REQUIRES: what make_movie has checked.
Result<std::unique_ptr<MovieWriter>> make_libav_movie(const std::filesystem::path& path,
                                                      const MovieOptions& options);

}  // namespace headscope
