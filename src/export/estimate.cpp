#include "export/estimate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <iterator>
#include <system_error>

#include "export/movie.h"
#include "export/stopwatch.h"
#include "io/scratch_folder.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double bytes_in(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    const std::uintmax_t size = fs::file_size(path, ignored);
    return ignored ? 0 : static_cast<double>(size);
  }
  double sum = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(path, ignored)) sum += bytes_in(file.path());
  return sum;
}

/// One sample after another, each into a file of its own.
struct Sampler {
  const ExportJob& job;
  const Animation& animation;
  Renderer& renderer;
  const fs::path& folder;
  std::stop_token stop;
  SampleOptions options = {};
  int n_files = 0;

  Result<Measured> measure(const std::vector<int>& numbers) {
    if (numbers.empty()) return Measured{};
    ExportJob sample = job;
    sample.out = folder / ("sample" + std::to_string(++n_files) + std::string(ending_of(job.format)));
    options.numbers = numbers;
    const Clock::time_point begin = Clock::now();
    const Status written = write_sample(sample, animation, renderer, options, stop);
    if (!written) return written.error();
    return Measured{static_cast<int>(numbers.size()), bytes_in(sample.out), secs_since(begin)};
  }
};

}  // namespace

std::string bytes_in_words(double bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (; bytes >= 999.5 && unit + 1 < std::size(kUnits); ++unit) bytes /= 1000;
  char text[32];
  std::snprintf(text, sizeof text, bytes < 9.95 && unit > 0 ? "%.1f %s" : "%.0f %s", bytes, kUnits[unit]);
  return text;
}

std::string secs_in_words(double secs) {
  if (secs < 1) return "under 1 s";
  if (secs < 99.5) return std::to_string(std::lround(secs)) + " s";
  const long minutes = std::lround(secs / 60);
  if (minutes < 100) return std::to_string(minutes) + " min";
  return std::to_string(minutes / 60) + " h " + std::to_string(minutes % 60) + " min";
}

std::string in_words(const ExportEstimate& estimate) {
  return "about " + bytes_in_words(estimate.bytes) + ", " + secs_in_words(estimate.secs);
}

SamplePlan plan_samples(FrameSpan span, const std::function<bool(int number)>& moves, int n_runs) {
  SamplePlan plan;
  const int step = (span.size() + kMostAsked - 1) / kMostAsked;
  std::vector<int> moving, standing;
  // A run of one kind is where its neighbours are of that kind too.
  for (int n = span.begin; n < span.end; n += step) (moves(n) ? moving : standing).push_back(n);
  const auto fill = [&](SamplePlan::Kind& kind, const std::vector<int>& of_kind) {
    const int n = static_cast<int>(of_kind.size());
    const int runs = std::min(n_runs, n);
    for (int run = 0; run < runs; ++run) {
      const int first = of_kind[static_cast<std::size_t>((2 * run + 1) * n / (2 * runs))];
      if (!kind.runs.empty() && first <= kind.runs.back()) continue;
      kind.first.push_back(first);
      for (int i = first; i < std::min(first + kRunLength, span.end); ++i) {
        const bool same = i == first || moves(i) == moves(first);
        if (!same) break;
        kind.runs.push_back(i);
      }
    }
  };
  fill(plan.moving, moving);
  fill(plan.standing, standing);
  const double part =
      static_cast<double>(moving.size()) / static_cast<double>(moving.size() + standing.size());
  plan.moving.n_frames = static_cast<int>(std::lround(part * span.size()));
  plan.standing.n_frames = span.size() - plan.moving.n_frames;
  return plan;
}

ExportEstimate extrapolate(const Measured& first, const Measured& runs, int n_frames) {
  if (n_frames == 0 || runs.n_frames == 0) return {};
  if (runs.n_frames == first.n_frames) {
    const double times = static_cast<double>(n_frames) / runs.n_frames;
    return {runs.bytes * times, runs.secs * times};
  }
  const auto line = [&](double a, double b) {
    const double each = std::max(0.0, b - a) / (runs.n_frames - first.n_frames);
    return a / first.n_frames + each * std::max(0, n_frames - 1);
  };
  return {line(first.bytes, runs.bytes), line(first.secs, runs.secs)};
}

Result<ExportEstimate> estimate_export(const ExportJob& job, const Animation& animation, Renderer& renderer,
                                       FontLibrary& fonts, std::stop_token stop) {
  const Result<ScratchFolder> folder = ScratchFolder::create();
  if (!folder) return folder.error();
  if (is_still(job.format)) {
    ExportJob sample = job;
    sample.out = folder->path() / ("sample" + std::string(ending_of(job.format)));
    const Clock::time_point begin = Clock::now();
    const Status written = run_export(sample, animation, renderer, fonts, stop, {});
    if (!written) return written.error();
    return ExportEstimate{bytes_in(sample.out), secs_since(begin)};
  }
  const Result<FrameSpan> span = frames_in(job.range, animation.duration_secs());
  if (!span) return span.error();
  // Of large pictures fewer: the estimate should come while it is still of use.
  constexpr double kManyPixels = 3e6;
  const FrameSize size = animation.options().size;
  const int n_runs = static_cast<double>(size.width) * size.height > kManyPixels ? 1 : 3;
  const SamplePlan plan = plan_samples(
      *span,
      [&](int number) { return number > span->begin && is_new_frame(animation, job.range.fps, number); },
      n_runs);
  Sampler sampler{job, animation, renderer, folder->path(), stop};
  ExportEstimate estimate;
  if (job.format == ExportFormat::Gif) {
    // One palette for all samples, as for all frames; it costs as many pictures as it is made of.
    AnimationFrames frames(animation, job.range.fps, renderer);
    int n_drawn = 0;
    const FrameSource source = [&](int number) {
      ++n_drawn;
      return frames.draw(number);
    };
    const Clock::time_point begin = Clock::now();
    Result<std::vector<std::uint32_t>> palette = palette_of(source, *span, stop);
    if (!palette) return palette.error();
    sampler.options.palette = std::move(*palette);
    estimate.secs = secs_since(begin);
  }
  for (const SamplePlan::Kind* kind : {&plan.moving, &plan.standing}) {
    const Result<Measured> first = sampler.measure(kind->first);
    if (!first) return first.error();
    const Result<Measured> runs = sampler.measure(kind->runs);
    if (!runs) return runs.error();
    const ExportEstimate part = extrapolate(*first, *runs, kind->n_frames);
    estimate.bytes += part.bytes;
    estimate.secs += part.secs;
  }
  return estimate;
}

}  // namespace headscope
