#include "core/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace headscope {
namespace {

/// A nice step of 2 gives the window's threads about three fifths of a contested core: enough for its frames,
/// and the computation still moves when another program takes every core.
[[maybe_unused]] constexpr int kNiceStep = 2;

/// How long a thread listens before it sleeps. Waking a sleeper costs 5 to 50 µs, the gaps between two
/// products of one layer are shorter; a wait that never exceeds this cannot starve anyone.
constexpr std::chrono::microseconds kListenTime{40};

void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/// Waits until `ready` or until the listening time is over.
template <class Ready>
bool listen(const Ready& ready) {
  if (ready()) return true;
  const auto end = std::chrono::steady_clock::now() + kListenTime;
  do {
    for (int i = 0; i < 16; ++i) {
      if (ready()) return true;
      relax();
    }
  } while (std::chrono::steady_clock::now() < end);
  return ready();
}

/// Consecutive chunks that one thread takes from the front, in order. A thread that has none left takes the
/// later half of another's. Both ends change in one step, so no chunk is taken twice.
class alignas(64) Span {
 public:
  void set(int first, int end) { ends_.store(packed(first, end), std::memory_order_relaxed); }
  int size() const {
    const std::uint64_t ends = ends_.load(std::memory_order_relaxed);
    return std::max(0, end_of(ends) - first_of(ends));
  }
  /// The first chunk, or -1.
  int take() {
    std::uint64_t ends = ends_.load(std::memory_order_relaxed);
    while (first_of(ends) < end_of(ends)) {
      if (ends_.compare_exchange_weak(ends, packed(first_of(ends) + 1, end_of(ends)),
                                      std::memory_order_relaxed))
        return first_of(ends);
    }
    return -1;
  }
  /// Its later half, at least one chunk, as [first, end); nothing when it is empty.
  std::pair<int, int> give_half() {
    std::uint64_t ends = ends_.load(std::memory_order_relaxed);
    while (first_of(ends) < end_of(ends)) {
      const int middle = first_of(ends) + (end_of(ends) - first_of(ends)) / 2;
      if (ends_.compare_exchange_weak(ends, packed(first_of(ends), middle), std::memory_order_relaxed))
        return {middle, end_of(ends)};
    }
    return {0, 0};
  }

 private:
  static std::uint64_t packed(int first, int end) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(first)) << 32 |
           static_cast<std::uint32_t>(end);
  }
  static int first_of(std::uint64_t ends) { return static_cast<int>(ends >> 32); }
  static int end_of(std::uint64_t ends) { return static_cast<int>(ends & 0xffffffffu); }

  std::atomic<std::uint64_t> ends_{0};
};

/// One call of parallel_for; lives on the caller's stack until no thread is in it.
struct Job {
  Job(const std::function<void(int)>& what, int n_chunks, int n_threads)
      : body(what), n_spans(std::min(n_threads, kMaxSpans)) {
    for (int i = 0; i < n_spans; ++i) {
      spans[i].set(static_cast<int>(static_cast<std::int64_t>(n_chunks) * i / n_spans),
                   static_cast<int>(static_cast<std::int64_t>(n_chunks) * (i + 1) / n_spans));
    }
  }

  /// As the thread of this number. Each runs through neighbouring chunks, which mostly lie next to each other
  /// in memory: what one chunk fetches ahead the same core uses next.
  void work(int thread) {
    Span& own = spans[thread % n_spans];
    for (;;) {
      for (int chunk; (chunk = own.take()) >= 0;) body(chunk);
      const auto [first, end] = fullest().give_half();
      if (first == end) {
        if (exhausted()) return;
        continue;
      }
      // Threads beyond kMaxSpans share spans: what they put there must not replace what another just put.
      if (thread < n_spans) {
        own.set(first + 1, end);
        body(first);
      } else {
        for (int chunk = first; chunk < end; ++chunk) body(chunk);
      }
    }
  }
  bool exhausted() {
    for (int i = 0; i < n_spans; ++i) {
      if (spans[i].size() > 0) return false;
    }
    return true;
  }

  const std::function<void(int)>& body;
  std::atomic<int> n_inside{0};  // threads other than the caller that are taking chunks

 private:
  static constexpr int kMaxSpans = 64;

  Span& fullest() {
    int best = 0;
    for (int i = 1; i < n_spans; ++i) {
      if (spans[i].size() > spans[best].size()) best = i;
    }
    return spans[best];
  }

  int n_spans;
  Span spans[kMaxSpans];
};

}  // namespace

struct ThreadPool::State {
  std::mutex mutex;
  std::condition_variable work_ready;
  std::condition_variable thread_left;
  std::vector<Job*> jobs;                // guarded by mutex
  int n_sleeping = 0;                    // guarded by mutex
  bool stopping = false;                 // guarded by mutex
  std::atomic<std::uint64_t> posted{0};  // counts jobs, for listening without the mutex
  std::vector<std::thread> threads;

  void run_thread(int number) {
    lower_this_thread_priority();
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (Job* job = open_job()) {
        job->n_inside.fetch_add(1, std::memory_order_relaxed);
        lock.unlock();
        job->work(number);
        lock.lock();
        if (job->n_inside.fetch_sub(1, std::memory_order_acq_rel) == 1) thread_left.notify_all();
        continue;
      }
      const std::uint64_t seen = posted.load(std::memory_order_relaxed);
      lock.unlock();
      listen([&] { return posted.load(std::memory_order_relaxed) != seen; });
      lock.lock();
      if (stopping || open_job()) continue;
      ++n_sleeping;
      work_ready.wait(lock, [&] { return stopping || open_job(); });
      --n_sleeping;
    }
  }

  Job* open_job() const {
    for (Job* job : jobs) {
      if (!job->exhausted()) return job;
    }
    return nullptr;
  }
};

ThreadPool::ThreadPool(int n_threads) : n_threads_(n_threads > 0 ? n_threads : n_usable_cores()) {
  if (n_threads_ == 1) return;
  state_ = std::make_unique<State>();
  for (int i = 1; i < n_threads_; ++i)
    state_->threads.emplace_back([state = state_.get(), i] { state->run_thread(i); });
}

ThreadPool::~ThreadPool() {
  if (!state_) return;
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->posted.fetch_add(1);
  state_->work_ready.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void ThreadPool::parallel_for(int n_chunks, const std::function<void(int)>& body) {
  if (!state_ || n_chunks <= 1) {
    for (int chunk = 0; chunk < n_chunks; ++chunk) body(chunk);
    return;
  }
  Job job(body, n_chunks, n_threads_);
  bool wake = false;
  {
    std::lock_guard lock(state_->mutex);
    state_->jobs.push_back(&job);
    wake = state_->n_sleeping > 0;
  }
  state_->posted.fetch_add(1, std::memory_order_release);
  if (wake) state_->work_ready.notify_all();

  job.work(0);

  listen([&] { return job.n_inside.load(std::memory_order_acquire) == 0; });
  // Under the mutex no thread can enter, and one that leaves has let go of the job.
  std::unique_lock lock(state_->mutex);
  state_->thread_left.wait(lock, [&] { return job.n_inside.load(std::memory_order_acquire) == 0; });
  std::erase(state_->jobs, &job);
}

int n_usable_cores() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void lower_this_thread_priority() {
#if defined(__linux__)
  const auto id = static_cast<id_t>(syscall(SYS_gettid));
  setpriority(PRIO_PROCESS, id, getpriority(PRIO_PROCESS, id) + kNiceStep);
#endif
}

}  // namespace headscope
