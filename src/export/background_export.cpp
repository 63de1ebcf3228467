#include "export/background_export.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <system_error>
#include <thread>
#include <utility>

#include "export/stopwatch.h"

namespace headscope {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr auto kNewsEvery = std::chrono::milliseconds(100);

/// Of a folder of frames those files that are its frames.
double bytes_of(const ExportSettings& settings) {
  std::error_code ignored;
  if (settings.format != ExportFormat::Frames) {
    const std::uintmax_t size = fs::file_size(settings.out, ignored);
    return ignored ? 0 : static_cast<double>(size);
  }
  double sum = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(settings.out, ignored))
    if (file.path().extension() == ".png") sum += static_cast<double>(file.file_size(ignored));
  return sum;
}

/// The same composition, smaller.
FrameSize fitting(FrameSize size, FrameSize largest, float& shrink) {
  shrink = std::min({1.0f, static_cast<float>(largest.width) / static_cast<float>(size.width),
                     static_cast<float>(largest.height) / static_cast<float>(size.height)});
  const auto side = [&](int full) {
    return std::max(1, static_cast<int>(static_cast<float>(full) * shrink + 0.5f));
  };
  return {side(size.width), side(size.height)};
}

}  // namespace

double seconds_left(int n_before, int n_done, int n_frames, double secs_so_far) {
  if (n_done <= n_before || secs_so_far <= 0) return -1;
  return secs_so_far / (n_done - n_before) * std::max(0, n_frames - n_done);
}

struct BackgroundExport::Shared {
  explicit Shared(Options given) : options(std::move(given)) {}

  struct Look {
    std::uint64_t number = 0;
    ExportOrder order;
    FrameSize largest;
  };

  Options options;
  std::mutex mutex;
  std::condition_variable_any asked, idle;
  // What is wanted; under the mutex.
  std::optional<ExportOrder> order;
  std::optional<Look> look;
  std::uint64_t last_number = 0;
  std::stop_source stop_export, stop_look;
  bool busy = false;
  // What is known; under the mutex.
  ExportState state;
  std::shared_ptr<const ExportPreview> shown;
  bool news = false;

  // The thread's own.
  std::unique_ptr<Renderer> renderer;

  std::jthread thread;  // last: it starts when all others are there

  void wake() const {
    if (options.wake) options.wake();
  }
  template <class Change>
  void tell(const Change& change) {
    {
      const std::lock_guard lock(mutex);
      change();
      news = true;
    }
    wake();
  }

  Status make_renderer_once() {
    if (renderer) return {};
    Result<std::unique_ptr<Renderer>> made = options.make_renderer();
    if (!made) return made.error();
    renderer = std::move(*made);
    return {};
  }

  Status write(const ExportOrder& order, std::stop_token stop, Clock::time_point& began) {
    if (Status ready = make_renderer_once(); !ready) return ready;
    const Result<ExportSubject> subject = order.subject(stop);
    if (!subject) return subject.error();
    ExportJob job = export_job(order.settings, subject->at_secs);
    const Result<Animation> animation =
        animate(*subject, picture_options(order.settings), *options.fonts, order.settings.with_document, job);
    if (!animation) return animation.error();
    if (stop.stop_requested()) return Error{ErrorCode::Cancelled, "stopped before the first frame", ""};
    tell([&] { state.phase = ExportPhase::Writing; });
    began = Clock::now();
    int n_before = -1;
    Clock::time_point told;
    return run_export(job, *animation, *renderer, *options.fonts, stop, [&](int n_done, int n_frames) {
      // One call at a time; the frames that were there before took no time.
      if (n_before < 0) n_before = n_done - 1;
      if (n_done < n_frames && Clock::now() - told < kNewsEvery) return;
      told = Clock::now();
      tell([&] {
        state.n_done = n_done;
        state.n_frames = n_frames;
        state.secs_left = seconds_left(n_before, n_done, n_frames, secs_since(began));
      });
    });
  }

  void run_order(const ExportOrder& order, std::stop_token stop) {
    Clock::time_point began = Clock::now();
    const Clock::time_point asked_at = began;
    const Status written = write(order, stop, began);
    const double bytes = written ? bytes_of(order.settings) : 0;
    tell([&] {
      state.secs = secs_since(asked_at);
      state.bytes = bytes;
      state.secs_left = -1;
      if (!written) state.error = written.error();
      state.phase = written                                        ? ExportPhase::Done
                    : written.error().code == ErrorCode::Cancelled ? ExportPhase::Stopped
                                                                   : ExportPhase::Failed;
    });
  }

  /// The picture first; the estimate, which takes longer, after it.
  void run_look(const Look& wanted, std::stop_token stop) {
    ExportPreview preview;
    preview.number = wanted.number;
    const auto show = [&] {
      if (stop.stop_requested()) return;
      auto made = std::make_shared<const ExportPreview>(preview);
      tell([&] { shown = std::move(made); });
    };
    const auto fail = [&](const Error& error) {
      preview.error = error;
      show();
    };
    const ExportSettings& settings = wanted.order.settings;
    if (Status ready = make_renderer_once(); !ready) return fail(ready.error());
    const Result<ExportSubject> subject = wanted.order.subject(stop);
    if (!subject) return fail(subject.error());
    ExportJob job = export_job(settings, subject->at_secs);
    const Result<Animation> animation =
        animate(*subject, picture_options(settings), *options.fonts, settings.with_document, job);
    if (!animation) return fail(animation.error());
    preview.duration_secs = animation->duration_secs();
    double at = subject->at_secs;
    if (!is_still(settings.format)) {
      const Result<FrameSpan> span = frames_in(job.range, animation->duration_secs());
      if (!span) return fail(span.error());
      preview.n_frames = span->size();
      at = std::clamp(at, span->begin / job.range.fps, (span->end - 1) / job.range.fps);
    }
    float shrink = 1;
    const FrameSize size = fitting(animation->options().size, wanted.largest, shrink);
    Scene scene = animation->scene_at(at);
    scene.pixel_scale *= shrink;
    Result<Image> picture = renderer->render_to_image(scene, size);
    if (!picture) return fail(picture.error());
    preview.picture = std::move(*picture);
    show();
    if (stop.stop_requested()) return;
    const Result<ExportEstimate> estimate = estimate_export(job, *animation, *renderer, *options.fonts, stop);
    if (!estimate) return fail(estimate.error());
    preview.estimate = *estimate;
    show();
  }

  void run(std::stop_token ends) {
    if (options.on_thread) options.on_thread();
    std::unique_lock lock(mutex);
    while (asked.wait(lock, ends, [this] { return order || look; })) {
      if (ends.stop_requested()) break;
      busy = true;
      if (order) {
        const ExportOrder next = *std::exchange(order, std::nullopt);
        const std::stop_token stop = stop_export.get_token();
        lock.unlock();
        run_order(next, stop);
      } else {
        const Look next = *std::exchange(look, std::nullopt);
        stop_look = {};
        const std::stop_token stop = stop_look.get_token();
        lock.unlock();
        run_look(next, stop);
      }
      lock.lock();
      busy = false;
      if (!order && !look) idle.notify_all();
    }
    lock.unlock();
    renderer.reset();  // on the thread that its context belongs to
  }
};

BackgroundExport::BackgroundExport(Options options) : shared_(std::make_unique<Shared>(std::move(options))) {
  shared_->thread =
      std::jthread([shared = shared_.get()](std::stop_token ends) { shared->run(std::move(ends)); });
}

BackgroundExport::~BackgroundExport() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->order.reset();
    shared_->look.reset();
    shared_->stop_export.request_stop();
    shared_->stop_look.request_stop();
  }
  shared_->thread.request_stop();
  shared_->thread.join();
}

Status BackgroundExport::start(ExportOrder order) {
  if (Status sound = check_settings(order.settings); !sound) return sound;
  if (state_.running())
    return Error{ErrorCode::Unavailable, "an export is running already",
                 "Wait for it, or type  : export-stop"};
  state_ = {};
  state_.phase = ExportPhase::Preparing;
  state_.settings = order.settings;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop_look.request_stop();
    shared_->stop_export = {};
    shared_->state = state_;
    shared_->order = std::move(order);
  }
  shared_->asked.notify_one();
  return {};
}

void BackgroundExport::stop() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop_export.request_stop();
}

std::uint64_t BackgroundExport::preview(ExportOrder order, FrameSize largest) {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    number = ++shared_->last_number;
    shared_->stop_look.request_stop();
    shared_->look = {number, std::move(order), largest};
  }
  shared_->asked.notify_one();
  return number;
}

void BackgroundExport::forget_preview() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop_look.request_stop();
  shared_->look.reset();
}

bool BackgroundExport::poll() {
  const std::lock_guard lock(shared_->mutex);  // held for a few copies at most
  if (!std::exchange(shared_->news, false)) return false;
  state_ = shared_->state;
  shown_ = shared_->shown;
  return true;
}

void BackgroundExport::wait() {
  {
    std::unique_lock lock(shared_->mutex);
    shared_->idle.wait(lock, [this] { return !shared_->order && !shared_->look && !shared_->busy; });
  }
  poll();
}

}  // namespace headscope
