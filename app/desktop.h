#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace headscope {

/// How the window program is started. `headscope [FILE]` and its options.
struct DesktopOptions {
  std::string file;                   ///< a document, a checkpoint folder …; empty: what was open last
  std::string input;                  ///< --image or --audio: what the model is given; empty: nothing
  std::string commands;               ///< --do: commands separated by ";" or new lines, run at the start
  std::filesystem::path scene_dump;   ///< --dump-scene: where the scene is written at the end; empty: nowhere
  std::filesystem::path frame_dump;   ///< --dump-frames: a folder for 000001.json, … of every picture drawn
  std::optional<double> frame_step;   ///< --frame-step: each frame advances the clock by so many seconds
  std::filesystem::path frame_times;  ///< --frame-times: a line a frame, as FrameLog says
  std::optional<double> exit_after_seconds;  ///< --exit-after
  std::string size;                          ///< --size 1600x1000; empty: as it was last
};

/// Opens the window and returns the program's exit status. Without a display it says so on standard error and
/// returns 1.
int run_desktop(const DesktopOptions& options);

}  // namespace headscope
