#include "frame_log.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <utility>

namespace headscope {

namespace {

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// CPU time of the calling thread, ms; where the system has no clock for it, that of the process.
double thread_cpu_ms() {
#ifdef CLOCK_THREAD_CPUTIME_ID
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return 1e3 * static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_nsec);
#else
  return 1e3 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
#endif
}

}  // namespace

Result<FrameLog> FrameLog::create(const std::filesystem::path& path) {
  FrameLog log;
  if (path.empty()) return Result<FrameLog>(std::move(log));
  log.file_.reset(std::fopen(path.string().c_str(), "w"));
  if (!log.file_) {
    return Error{ErrorCode::Io, path.string() + ": cannot be written: " + std::strerror(errno),
                 "Name a file in a folder that you may write to"};
  }
  return Result<FrameLog>(std::move(log));
}

void FrameLog::woke() {
  if (!on()) return;
  cpu_at_wake_ = thread_cpu_ms();
  drawing_ms_ = 0;
}

void FrameLog::frame_begins() {
  if (on()) began_ = steady_seconds();
}

void FrameLog::drawing_begins() {
  if (on()) cpu_at_drawing_ = thread_cpu_ms();
}

void FrameLog::drawing_ends() {
  if (on()) drawing_ms_ += thread_cpu_ms() - cpu_at_drawing_;
}

void FrameLog::frame_ends(const Scene& scene) {
  if (!on()) return;
  const double own = thread_cpu_ms() - cpu_at_wake_ - drawing_ms_;
  std::fprintf(file_.get(), "%.5f %.2f %.2f %llu %.4f %llu\n", began_, 1e3 * (steady_seconds() - began_), own,
               static_cast<unsigned long long>(scene.morph ? scene.morph->id : 0), double{scene.mix},
               static_cast<unsigned long long>(scene.highlighted));
  std::fflush(file_.get());
}

}  // namespace headscope
