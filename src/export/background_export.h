#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "export/estimate.h"
#include "export/export_subject.h"

namespace headscope {

/// What shall be exported.
struct ExportOrder {
  ExportSettings settings;
  /// Called on the export's thread, where it may take its time.
  std::function<Result<ExportSubject>(std::stop_token)> subject;
};

enum class ExportPhase {
  Idle,       ///< nothing was asked for yet
  Preparing,  ///< computing and laying out
  Writing,
  Done,
  Stopped,  ///< by `stop`; of frames, what was finished is there
  Failed
};

struct ExportState {
  ExportPhase phase = ExportPhase::Idle;
  ExportSettings settings;
  int n_done = 0, n_frames = 0;  ///< while it writes many
  double secs_left = -1;         ///< below 0: not known yet
  double bytes = 0, secs = 0;    ///< when it is done: what lies there, and how long it took
  std::optional<Error> error;    ///< why it failed or what became of it
  bool running() const { return phase == ExportPhase::Preparing || phase == ExportPhase::Writing; }
};

/// How an export would look.
struct ExportPreview {
  std::uint64_t number = 0;  ///< of the `preview` call that it answers
  Image picture;             ///< empty: there is an error
  int n_frames = 1;
  double duration_secs = 0;  ///< of the whole animation
  std::optional<ExportEstimate> estimate;
  std::optional<Error> error;
};

/// Seconds until the rest is done, at the rate since `n_before` were. Below 0: not known yet.
double seconds_left(int n_before, int n_done, int n_frames, double secs_so_far);

/// Exports on a thread of its own, with a renderer of its own, so that the window goes on meanwhile. One
/// export runs at a time; previews are drawn between exports, the latest wins. All members belong to one
/// thread and none of them waits, except the destructor: it stops what runs. What is written is whole or not
/// there, as run_export says.
class BackgroundExport {
 public:
  struct Options {
    FontLibrary* fonts = nullptr;                                      ///< REQUIRED; borrowed
    std::function<Result<std::unique_ptr<Renderer>>()> make_renderer;  ///< REQUIRED; called on the thread
    std::function<void()> on_thread = {};  ///< called on the thread before all else
    std::function<void()> wake = {};       ///< called on any thread when `poll` has something
  };
  explicit BackgroundExport(Options options);
  ~BackgroundExport();
  BackgroundExport(const BackgroundExport&) = delete;
  BackgroundExport& operator=(const BackgroundExport&) = delete;

  /// Errors: Unavailable (another export runs), those of check_settings.
  Status start(ExportOrder order);
  /// Asks what runs to end; the state is Stopped soon after.
  void stop();
  /// Draws one picture, at most `largest` in size, then measures. Returns the number of the preview.
  std::uint64_t preview(ExportOrder order, FrameSize largest);
  /// Nobody looks any more.
  void forget_preview();

  /// Takes over what is new. Returns whether `state` or `shown` changed.
  bool poll();
  const ExportState& state() const { return state_; }
  /// The latest that is ready, maybe of an older call; null before the first.
  const std::shared_ptr<const ExportPreview>& shown() const { return shown_; }
  /// Waits until nothing is left to do: for tests and the end.
  void wait();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
  ExportState state_;
  std::shared_ptr<const ExportPreview> shown_;
};

}  // namespace headscope
