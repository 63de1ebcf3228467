#include "render/raster/crew.h"

#include <algorithm>

namespace headscope {

Crew::Crew(int n_threads) {
  if (n_threads <= 0) n_threads = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8);
  for (int i = 1; i < n_threads; ++i) threads_.emplace_back([this] { help(); });
}

Crew::~Crew() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Crew::take_turns() {
  for (int turn = next_.fetch_add(1); turn < count_; turn = next_.fetch_add(1)) turn_(work_, turn);
}

void Crew::help() {
  std::uint64_t seen = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stop_ || round_ != seen; });
    if (stop_) return;
    seen = round_;
    // Who wakes when everything is taken must not stay for the next round's work.
    if (next_.load() >= count_) continue;
    ++working_;
    lock.unlock();
    take_turns();
    lock.lock();
    if (--working_ == 0) done_.notify_one();
  }
}

void Crew::run_turns(int count, Turn turn, const void* work) {
  if (count <= 0) return;
  if (count == 1 || threads_.empty()) {
    for (int i = 0; i < count; ++i) turn(work, i);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    turn_ = turn;
    work_ = work;
    count_ = count;
    next_ = 0;
    ++round_;
  }
  wake_.notify_all();
  take_turns();
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return working_ == 0; });
  count_ = 0;
}

}  // namespace headscope
