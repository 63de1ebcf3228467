#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/image.h"
#include "render/renderer.h"

namespace headscope {

enum class MovieFormat {
  Mp4,   ///< H.264, yuv420p, BT.709, index in front: what slide programs play
  WebM,  ///< VP9, with an alpha plane when asked
  Gif,   ///< one palette for all frames, ordered dithering
  Apng   ///< lossless, with alpha when there is any
};

/// What a movie is told before its first frame.
struct MovieOptions {
  MovieFormat format = MovieFormat::Mp4;
  FrameSize size;
  double fps = 60;
  int n_frames = 0;  ///< APNG says it in front; the others do without
  bool alpha = false;
  std::vector<std::uint32_t> palette;  ///< GIF: at most 256 colours, 0xAARRGGBB (see palette.h)
  std::string title, description;      ///< into the file where its format has a place for them
  ImageTexts texts;                    ///< APNG: as in a PNG
};

/// A picture in the form that an encoder takes: planes, palette indices, a compressed rectangle.
class PreparedFrame {
 public:
  virtual ~PreparedFrame() = default;
};
using PreparedFramePtr = std::shared_ptr<const PreparedFrame>;

/// A movie file in the making. It appears at its path when `finish` succeeds; until then the bytes are in a
/// hidden file beside, which is removed with this object. `prepare` and `add` may run at the same time on two
/// threads, each of them in the order of the frames.
class MovieWriter {
 public:
  virtual ~MovieWriter() = default;
  /// REQUIRES: the size that the options said. A frame that stays on screen may be added several times.
  virtual Result<PreparedFramePtr> prepare(const Image& image) = 0;
  virtual Status add(const PreparedFramePtr& frame) = 0;
  /// REQUIRES: called at most once, last.
  virtual Status finish() = 0;
};

/// Removes what a killed run left of the same file. Errors: InvalidArgument (a size, rate or number of
/// colours that the format does not have), Unsupported (an encoder that this machine lacks), those of
/// StagedFile. Every later error names the path too.
Result<std::unique_ptr<MovieWriter>> make_movie(const std::filesystem::path& path,
                                                const MovieOptions& options);

}  // namespace headscope
