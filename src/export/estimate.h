#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "export/export_job.h"

/// How large a file becomes and how long that takes, measured: some frames are drawn and encoded as the whole
/// export would, into a temporary folder.
namespace headscope {

struct ExportEstimate {
  double bytes = 0, secs = 0;
};

/// "about 3.2 MB, 40 s".
std::string in_words(const ExportEstimate& estimate);
/// "820 kB", "3.2 MB"; "8 s", "3 min", "1 h 10 min".
std::string bytes_in_words(double bytes);
std::string secs_in_words(double secs);

/// Frames to measure. Those in which something moves cost more than those that stand, in time and in bytes:
/// each kind is measured by itself, as `first` frames alone and as runs that begin with them.
struct SamplePlan {
  struct Kind {
    int n_frames = 0;  ///< of the whole export
    std::vector<int> first, runs;
  };
  Kind moving, standing;
};
/// A few runs of each kind, evenly over the span. `moves`: whether a frame differs from the one before it;
/// asked for at most `kMostAsked` frames.
SamplePlan plan_samples(FrameSpan span, const std::function<bool(int number)>& moves, int n_runs);
inline constexpr int kMostAsked = 4000, kRunLength = 6;

/// What it took to write so many frames.
struct Measured {
  int n_frames = 0;
  double bytes = 0, secs = 0;
};
/// Continues the line from `first` to `runs` to `n_frames` frames; at least what `first` took, and nothing
/// for no frames.
ExportEstimate extrapolate(const Measured& first, const Measured& runs, int n_frames);

/// REQUIRES: the job's `out` names no file that matters, since nothing is written there. Errors: those of
/// run_export, Cancelled.
Result<ExportEstimate> estimate_export(const ExportJob& job, const Animation& animation, Renderer& renderer,
                                       FontLibrary& fonts, std::stop_token stop);

}  // namespace headscope
