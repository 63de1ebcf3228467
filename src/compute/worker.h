#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace headscope {

/// Lets the calling thread, and the threads it starts from now on, yield to the window's.
void lower_thread_priority();

/// One thread that does jobs in the order they were posted, at a lower priority than the window's, and sleeps
/// otherwise. Destroyed: the job that runs is asked to stop and waited for, those that wait are dropped.
class Worker {
 public:
  using Job = std::function<void(std::stop_token)>;

  Worker();
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Any thread. Never waits for a job.
  void post(Job job);
  /// Waits until every job posted so far is done: for tests, and for the end of the program.
  void drain();

 private:
  void run(std::stop_token stop);

  std::mutex mutex_;
  std::condition_variable_any posted_, idle_;
  std::deque<Job> jobs_;
  bool busy_ = false;
  std::jthread thread_;  // last: it starts when all others are there
};

}  // namespace headscope
