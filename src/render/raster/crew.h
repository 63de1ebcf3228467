#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace headscope {

/// A few threads that sleep until there is a loop to share, and take its turns one by one. The caller works
/// too, so that a frame is finished when `run` returns, however busy the other cores are.
class Crew {
 public:
  /// `n_threads` in all, the caller's among them; 0: as many as the machine has cores, at most 8.
  explicit Crew(int n_threads = 0);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// Calls work(0) … work(count - 1), in any order, on any thread. REQUIRES: not called from within `work`.
  template <class Work>
  void run(int count, const Work& work) {
    run_turns(
        count, [](const void* w, int turn) { (*static_cast<const Work*>(w))(turn); }, &work);
  }

 private:
  using Turn = void (*)(const void* work, int turn);
  void run_turns(int count, Turn turn, const void* work);
  void help();
  void take_turns();

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::uint64_t round_ = 0;  ///< counts calls of `run`
  int working_ = 0;          ///< helpers inside the present round
  bool stop_ = false;
  // The present round; written under the mutex while nobody works.
  Turn turn_ = nullptr;
  const void* work_ = nullptr;
  int count_ = 0;
  std::atomic<int> next_{0};
};

}  // namespace headscope
