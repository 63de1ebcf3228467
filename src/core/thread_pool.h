#pragma once

#include <functional>
#include <memory>

namespace headscope {

/// Threads that sleep until there is work. Work is cut into chunks that are taken one at a time, each thread
/// from a run of its own and then from the others', so a thread that the system does not run leaves its share
/// to the others; more runnable threads than cores is our normal state. Between regions that follow each
/// other closely a thread listens for some microseconds before it sleeps.
///
/// Thread-safety: `parallel_for` may be called from several threads at once and from inside a body.
class ThreadPool {
 public:
  /// The caller of `parallel_for` works too: n_threads - 1 threads are started. 0 means one per core.
  explicit ThreadPool(int n_threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int n_threads() const { return n_threads_; }

  /// Calls body(chunk) once for each chunk in [0, n_chunks), on any of the threads, in any order, and returns
  /// when all are done. REQUIRES: `body` does not throw.
  void parallel_for(int n_chunks, const std::function<void(int chunk)>& body);

 private:
  struct State;
  int n_threads_ = 1;
  std::unique_ptr<State> state_;
};

/// Cores this process may use (its affinity mask counts), at least 1.
int n_usable_cores();

/// Puts the calling thread a little behind the threads that draw. Does nothing where the system has no such
/// notion.
void lower_this_thread_priority();

}  // namespace headscope
