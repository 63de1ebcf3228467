#pragma once

#include <filesystem>
#include <memory>

#include "export/movie_writer.h"

namespace headscope {

/// APNG (the animation chunks of PNG's third edition): the first frame whole, of the others the rectangle
/// that has changed; a frame that stays is written once more as it was. Inside of src/export.
Result<std::unique_ptr<MovieWriter>> make_apng_movie(const std::filesystem::path& path,
                                                     const MovieOptions& options);

}  // namespace headscope
