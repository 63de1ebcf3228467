#include "compute/worker.h"

#include <utility>

#ifdef __linux__
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace headscope {

void lower_thread_priority() {
#ifdef __linux__
  // On Linux the nice value belongs to a thread, and threads inherit it from the one that starts them.
  constexpr int kNice = 5;
  setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNice);
#endif
}

Worker::Worker() : thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

Worker::~Worker() {
  thread_.request_stop();
  thread_.join();
}

void Worker::post(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  posted_.notify_one();
}

void Worker::drain() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return jobs_.empty() && !busy_; });
}

void Worker::run(std::stop_token stop) {
  lower_thread_priority();
  std::unique_lock lock(mutex_);
  while (posted_.wait(lock, stop, [this] { return !jobs_.empty(); })) {
    if (stop.stop_requested()) break;
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    busy_ = true;
    lock.unlock();
    job(stop);
    job = nullptr;  // what it holds is let go of here, not under the lock
    lock.lock();
    busy_ = false;
    if (jobs_.empty()) idle_.notify_all();
  }
}

}  // namespace headscope
