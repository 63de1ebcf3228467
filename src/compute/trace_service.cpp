#include "compute/trace_service.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "compute/media_files.h"
#include "compute/trace_cache.h"
#include "compute/worker.h"

namespace headscope {

namespace {

/// What the worker tells about one request.
struct Published {
  std::uint64_t number = 0;
  ModelPtr model;
  TracePtr trace;
  std::optional<Error> error;
  bool computing = true;
  float progress = 0;
  bool loading = false;
};

struct Order {
  std::uint64_t number = 0;
  TraceRequest request;
  std::stop_source stop;
  /// Ends the loading of the request's model. Requests for one model share it: typing on does not start the
  /// loading again.
  std::stop_source load_stop;
  bool cancelled = false;  ///< nothing is to be done any more
};

}  // namespace

/// What both threads see. Every critical section moves a few pointers; poll() does not even wait for that.
struct TraceService::Shared {
  explicit Shared(TraceServiceOptions given) : options(std::move(given)), cache(options.cache_bytes) {}

  void run(std::stop_token stop);
  /// Returns the model when its trace is there.
  ModelPtr compute(const Order& order);
  void publish(Published news);
  void publish_loading(float progress, const std::stop_source& load_stop);
  Result<ModelPtr> model(const Order& order);

  const TraceServiceOptions options;

  std::mutex mutex;  // guards the next six
  std::condition_variable_any changed;
  std::optional<Order> waiting;
  std::optional<Published> published;
  std::uint64_t finished = 0;  // number of the last order that was dealt with
  std::uint64_t latest = 0;
  std::stop_source running, loading;
  std::atomic<int> n_computed{0};

  // The worker's own.
  TraceCache cache;
  MediaFiles media;
  std::list<std::pair<std::string, ModelPtr>> models;

  std::jthread thread;
};

TraceService::TraceService(TraceServiceOptions options)
    : shared_(std::make_unique<Shared>(std::move(options))) {
  shared_->thread =
      std::jthread([shared = shared_.get()](std::stop_token stop) { shared->run(std::move(stop)); });
}

TraceService::~TraceService() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->running.request_stop();
    shared_->loading.request_stop();
    if (shared_->waiting) shared_->waiting->stop.request_stop();
  }
  shared_->thread.request_stop();
  shared_->thread.join();
}

void TraceService::request(const TraceRequest& request, Seconds now, bool again) {
  const bool first = shared_->latest == 0;
  if (!first && request == state_.request && !(again && state_.error)) return;
  const bool same_model = !first && request.model == state_.request.model;
  ModelPtr model = same_model ? state_.model : nullptr;
  const bool loading = same_model && state_.computing && state_.loading;
  state_ = {request, std::move(model), nullptr, {}, true, loading ? state_.progress : 0, now, loading};
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->running.request_stop();
    shared_->published.reset();
    if (!same_model || shared_->loading.stop_requested()) {
      shared_->loading.request_stop();
      shared_->loading = std::stop_source();
    }
    shared_->waiting = Order{++shared_->latest, request, {}, shared_->loading};
  }
  shared_->changed.notify_all();
}

void TraceService::cancel() {
  if (!state_.computing) return;
  state_.computing = state_.loading = false;
  state_.error =
      Error{ErrorCode::Cancelled, state_.model ? "the computation was stopped" : "loading was stopped",
            "Change the text or choose the model again"};
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->running.request_stop();
    shared_->loading.request_stop();
    shared_->published.reset();
    shared_->waiting = Order{++shared_->latest, {}, {}, shared_->loading, true};
  }
  shared_->changed.notify_all();
}

bool TraceService::poll() {
  std::optional<Published> news;
  {
    const std::unique_lock lock(shared_->mutex, std::try_to_lock);
    if (!lock || !shared_->published) return false;
    news = std::exchange(shared_->published, std::nullopt);
    if (news->number != shared_->latest) return false;
  }
  if (news->model) state_.model = std::move(news->model);
  state_.trace = std::move(news->trace);
  state_.error = std::move(news->error);
  state_.computing = news->computing;
  state_.progress = news->progress;
  state_.loading = news->loading;
  return true;
}

Result<WrittenToken> TraceService::next_written() const {
  if (state_.error) return *state_.error;
  if (!state_.model || !state_.trace || !state_.trace->complete())
    return Error{ErrorCode::InvalidArgument, "there is nothing that the model could go on with",
                 "Type a text first"};
  return headscope::next_written(*state_.model, *state_.trace);
}

int TraceService::n_computed() const {
  return shared_->n_computed;
}

void TraceService::wait() {
  {
    std::unique_lock lock(shared_->mutex);
    shared_->changed.wait(lock, [this] { return shared_->finished == shared_->latest; });
  }
  while (!poll() && state_.computing) std::this_thread::yield();
}

// ---- The worker's side ----

void TraceService::Shared::run(std::stop_token stop) {
  lower_thread_priority();
  std::unique_lock lock(mutex);
  while (changed.wait(lock, stop, [this] { return waiting.has_value(); })) {
    if (stop.stop_requested()) break;
    const Order order = std::move(*std::exchange(waiting, std::nullopt));
    running = order.stop;
    lock.unlock();
    ModelPtr used = order.cancelled ? nullptr : compute(order);
    lock.lock();
    finished = order.number;
    changed.notify_all();
    if (!used || waiting) continue;
    lock.unlock();
    // Nobody waits: what the first pass left in the file comes into memory, until the next request.
    used->settle(order.stop.get_token());
    used = nullptr;
    lock.lock();
  }
}

void TraceService::Shared::publish(Published news) {
  std::optional<Published> replaced;  // traces are let go of outside the lock
  {
    const std::lock_guard lock(mutex);
    if (news.number != latest) return;
    replaced = std::exchange(published, std::move(news));
  }
  if (options.wake) options.wake();
}

void TraceService::Shared::publish_loading(float progress, const std::stop_source& load_stop) {
  {
    const std::lock_guard lock(mutex);
    // While this loading is not stopped, every later request is for its model.
    if (load_stop.stop_requested()) return;
    published = Published{latest, nullptr, nullptr, {}, true, progress, true};
  }
  if (options.wake) options.wake();
}

Result<ModelPtr> TraceService::Shared::model(const Order& order) {
  const std::string& name = order.request.model;
  for (auto at = models.begin(); at != models.end(); ++at) {
    if (at->first != name) continue;
    models.splice(models.begin(), models, at);
    return at->second;
  }
  float told = -1;
  LoadOptions watched;
  watched.reading = WeightReading::AsUsed;
  watched.stop = order.load_stop.get_token();
  watched.on_progress = [&](float progress) {
    if (progress - told < 0.01f) return;  // a line of text shows no finer steps
    told = progress;
    publish_loading(progress, order.load_stop);
  };
  Result<ModelPtr> loaded = options.load(name, watched);
  if (!loaded) return loaded.error();
  models.emplace_front(name, *loaded);
  while (static_cast<int>(models.size()) > options.n_models) models.pop_back();
  return loaded;
}

ModelPtr TraceService::Shared::compute(const Order& order) {
  Published news{order.number, nullptr, nullptr, {}, true, 0, false};
  const auto fail = [&](const Error& error) -> ModelPtr {
    news.error = error;
    news.trace = nullptr;
    news.computing = false;
    publish(news);
    return nullptr;
  };
  Result<ModelPtr> found = model(order);
  if (!found && order.load_stop.stop_requested()) return nullptr;  // nobody waits for it
  if (!found) return fail(found.error());
  news.model = *found;
  const TraceRequest request = with_stamp(order.request);
  if (TracePtr cached = cache.find(request)) {
    news.trace = std::move(cached);
    news.computing = false;
    news.progress = 1;
    publish(std::move(news));
    return *found;
  }
  if (order.stop.stop_requested()) return nullptr;
  publish(news);  // the model alone: panels name its heads before the first layer is there

  TraceOptions trace_options;
  trace_options.previous = cache.nearest(request);
  trace_options.stop = order.stop.get_token();
  trace_options.on_layer = [&](TracePtr so_far, float progress) {
    news.trace = std::move(so_far);
    news.progress = progress;
    publish(news);
  };
  ++n_computed;
  Result<TracePtr> trace = media.trace(*news.model, request, trace_options);
  if (!trace) {
    if (!order.stop.stop_requested()) fail(trace.error());
    return nullptr;
  }
  cache.insert(request, *trace);
  news.trace = std::move(*trace);
  news.computing = false;
  news.progress = 1;
  publish(std::move(news));
  return *found;
}

}  // namespace headscope
