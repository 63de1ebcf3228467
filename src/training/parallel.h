#pragma once

#include <atomic>
#include <thread>
#include <vector>

namespace headscope {

/// Runs task(0) … task(count − 1) on up to `n_threads` threads, each task once. Which thread takes which task
/// is a matter of timing, so a task must write only what is its own.
template <class Task>
void parallel_for(int count, int n_threads, Task task) {
  std::atomic<int> next = 0;
  const auto work = [&] {
    for (int i = next++; i < count; i = next++) task(i);
  };
  std::vector<std::jthread> helpers;
  for (int t = 1; t < n_threads && t < count; ++t) helpers.emplace_back(work);
  work();
}

}  // namespace headscope
