#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/result.h"
#include "scene/scene.h"

namespace headscope {

/// What --frame-times writes: one line a frame as soon as it is presented, for whoever measures the window
/// from outside. Numbers with spaces between them:
///
///     BEGAN WALL OWN MORPH MIX LIT
///
/// BEGAN seconds on the steady clock (on Linux: Python's time.monotonic()), WALL ms until it was presented,
/// OWN ms of the window thread's CPU time since it woke, calls that draw left out, MORPH id of the transition
/// on show (0: none), MIX how far it is, LIT key of what the mouse is on (0: nothing).
class FrameLog {
 public:
  /// Errors: Io. An empty path gives a log that writes nothing.
  static Result<FrameLog> create(const std::filesystem::path& path);

  bool on() const { return file_ != nullptr; }
  /// The window thread woke: its own time counts from here.
  void woke();
  void frame_begins();
  /// Around calls that draw, whose time is the driver's and the rasteriser's.
  void drawing_begins();
  void drawing_ends();
  void frame_ends(const Scene& scene);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  double began_ = 0, cpu_at_wake_ = 0, cpu_at_drawing_ = 0, drawing_ms_ = 0;
};

}  // namespace headscope
