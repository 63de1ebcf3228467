#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace headscope {

/// Runs task(0, worker) … task(count − 1, worker) on up to `n_threads` threads, each task once. Which worker,
/// from 0 to n_threads − 1, takes which task is a matter of timing, so a task's result must depend on its
/// number alone; what a worker has is memory to work in.
template <class Task>
void parallel_for_workers(int count, int n_threads, Task task) {
  std::atomic<int> next = 0;
  const auto work = [&](int worker) {
    for (int i = next++; i < count; i = next++) task(i, worker);
  };
  std::vector<std::jthread> helpers;
  for (int t = 1; t < n_threads && t < count; ++t) helpers.emplace_back(work, t);
  work(0);
}

/// The same for tasks that need no memory of a worker's own: task(0) … task(count − 1).
template <class Task>
void parallel_for(int count, int n_threads, Task task) {
  parallel_for_workers(count, n_threads, [&](int i, int) { task(i); });
}

}  // namespace headscope
