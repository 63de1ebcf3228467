#include "core/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace headscope {
namespace {

TEST(ThreadPool, every_chunk_runs_exactly_once) {
  for (int n_threads : {1, 2, 4}) {
    ThreadPool pool(n_threads);
    for (int n_chunks : {0, 1, 2, 3, 17, 1000}) {
      std::vector<std::atomic<int>> calls(static_cast<std::size_t>(n_chunks));
      pool.parallel_for(n_chunks, [&](int chunk) { ++calls[static_cast<std::size_t>(chunk)]; });
      for (const auto& n : calls) EXPECT_EQ(n, 1);
    }
  }
}

TEST(ThreadPool, a_thousand_regions_in_a_row_lose_nothing) {
  ThreadPool pool(3);
  std::atomic<int> sum{0};
  for (int region = 0; region < 1000; ++region) {
    pool.parallel_for(5, [&](int chunk) { sum += chunk; });
    ASSERT_EQ(sum, 10 * (region + 1));  // parallel_for returns only when all chunks are done
  }
}

TEST(ThreadPool, it_waits_for_a_chunk_that_takes_long) {
  ThreadPool pool(2);
  for (int i = 0; i < 3; ++i) {
    std::atomic<int> n{0};
    pool.parallel_for(2, [&](int chunk) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1 + 9 * chunk));
      ++n;
    });
    ASSERT_EQ(n, 2);
  }
}

TEST(ThreadPool, regions_may_be_nested) {
  ThreadPool pool(2);
  std::atomic<int> n{0};
  pool.parallel_for(4, [&](int) { pool.parallel_for(4, [&](int) { ++n; }); });
  EXPECT_EQ(n, 16);
}

TEST(ThreadPool, two_threads_may_use_it_at_once) {
  ThreadPool pool(2);
  std::atomic<int> n{0};
  auto work = [&] {
    for (int i = 0; i < 200; ++i) pool.parallel_for(7, [&](int) { ++n; });
  };
  std::thread other(work);
  work();
  other.join();
  EXPECT_EQ(n, 2 * 200 * 7);
}

TEST(ThreadPool, a_sleeping_pool_wakes_up) {
  ThreadPool pool(2);
  std::atomic<int> n{0};
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(3));
    pool.parallel_for(3, [&](int) { ++n; });
  }
  EXPECT_EQ(n, 15);
}

}  // namespace
}  // namespace headscope
