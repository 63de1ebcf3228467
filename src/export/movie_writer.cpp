#include "export/movie_writer.h"

#include <string>
#include <string_view>

#include "export/apng_movie.h"
#include "export/libav_movie.h"
#include "io/staged_file.h"

namespace headscope {

namespace {

Error refused(const std::string& what, const std::string& hint) {
  return {ErrorCode::InvalidArgument, what, hint};
}

}  // namespace

Result<std::unique_ptr<MovieWriter>> make_movie(const std::filesystem::path& path,
                                                const MovieOptions& options) {
  const FrameSize size = options.size;
  const std::string pixels = std::to_string(size.width) + "x" + std::to_string(size.height);
  const bool video = options.format == MovieFormat::Mp4 || options.format == MovieFormat::WebM;
  if (video && (size.width % 2 != 0 || size.height % 2 != 0)) {
    const auto even = [](int side) { return std::to_string(side + side % 2); };
    return refused("videos need an even width and height, found " + pixels,
                   "Use --size " + even(size.width) + "x" + even(size.height));
  }
  const int most = options.format == MovieFormat::Mp4 ? 8192 : 16384;
  if (size.width > most || size.height > most) {
    return refused(
        "a movie of this kind has at most " + std::to_string(most) + " pixels a side, found " + pixels,
        "Choose a smaller --size, or a folder of PNG files");
  }
  if (options.format == MovieFormat::Gif && options.fps > 50) {
    return refused("a GIF counts in hundredths of a second and shows at most 50 frames/s",
                   "Use --fps 25 or 50");
  }
  if (options.format == MovieFormat::Mp4 && options.alpha) {
    return refused("MP4 has no transparency", "Use .webm, .apng or a folder of PNG files with --alpha");
  }
  const std::filesystem::path target = follow_links(path);
  const std::string own = target.filename().string();
  remove_abandoned(target.has_parent_path() ? target.parent_path() : ".",
                   [&](std::string_view name) { return name == own; });
  if (options.format == MovieFormat::Apng) return make_apng_movie(path, options);
  return make_libav_movie(path, options);
}

}  // namespace headscope
