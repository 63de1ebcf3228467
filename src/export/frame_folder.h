#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "export/frames.h"
#include "export/movie_writer.h"

/// An animation as PNG files 000001.png, 000002.png, … (frame k is file k + 1) and a `frames.json` that says
/// what they are. Each file is whole or not there. A second call draws what is missing and nothing else: a
/// frame counts as there when every byte of it fits its check sums and it names the same export, so neither a
/// killed run nor frames of another document can leave a wrong picture behind; hidden files that a killed run
/// left of these frames are removed.
namespace headscope {

/// What makes frames interchangeable: the same identity and number, the same picture.
struct FrameSet {
  std::string identity;  ///< a hash of document, options and program version
  FrameSpan span;        ///< of the whole animation or range, all shards together
  double fps = 60;
  FrameSize size;
  bool alpha = false;
  std::string document;  ///< its text, for what is made of the frames later; empty: leave it out
  std::string title, description;
};

/// Draws the shard's frames that are not there yet; PNG files are compressed on as many threads as the
/// machine has. `progress` counts the shard's frames, those that were there included; called on several
/// threads, one at a time. Errors: Cancelled, Io (what was finished stays), those of `source`.
Status write_frames(const std::filesystem::path& folder, const FrameSet& set, Shard shard,
                    const FrameSource& source, std::stop_token stop, const ExportProgress& progress);

/// Reads `frames.json`. Errors: NotFound, Corrupt.
Result<FrameSet> read_frame_set(const std::filesystem::path& folder);

/// Errors: NotFound: the first frame that is missing, not whole or of another export, by its name.
Status check_frames(const std::filesystem::path& folder, const FrameSet& set);

/// The frames of a folder. Errors of the source: as read_png, and Corrupt when a frame has another size.
FrameSource frames_from(const std::filesystem::path& folder, const FrameSet& set);

/// "000417.png" for frame 416.
std::string frame_name(int number);

}  // namespace headscope
