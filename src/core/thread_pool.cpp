#include "core/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
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

/// One call of parallel_for; lives on the caller's stack until no thread is in it.
struct Job {
  const std::function<void(int)>* body = nullptr;
  int n_chunks = 0;
  std::atomic<int> next{0};
  std::atomic<int> n_inside{0};  // threads other than the caller that are taking chunks

  void work() {
    for (int chunk; (chunk = next.fetch_add(1, std::memory_order_relaxed)) < n_chunks;) (*body)(chunk);
  }
  bool exhausted() const { return next.load(std::memory_order_relaxed) >= n_chunks; }
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

  void run_thread() {
    lower_this_thread_priority();
    std::unique_lock lock(mutex);
    while (!stopping) {
      if (Job* job = open_job()) {
        job->n_inside.fetch_add(1, std::memory_order_relaxed);
        lock.unlock();
        job->work();
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
    state_->threads.emplace_back([state = state_.get()] { state->run_thread(); });
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
  Job job;
  job.body = &body;
  job.n_chunks = n_chunks;
  bool wake = false;
  {
    std::lock_guard lock(state_->mutex);
    state_->jobs.push_back(&job);
    wake = state_->n_sleeping > 0;
  }
  state_->posted.fetch_add(1, std::memory_order_release);
  if (wake) state_->work_ready.notify_all();

  job.work();

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
