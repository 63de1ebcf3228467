// Two threads against one, and against other programs that want the same cores: a whole pass of the
// GPT-2-small shape over 64 tokens, quiet, then beside one and two processes that never sleep. The goals are
// those of two cores.
#include <benchmark/benchmark.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>

#include "models/random_model.h"
#include "peer.h"

namespace headscope {
namespace {

constexpr int kRounds = 5;
constexpr int kTokens = 64;

/// Processes that count as long as this lives.
class BusyProcesses {
 public:
  explicit BusyProcesses(int n) {
    for (int i = 0; i < n; ++i) {
      const pid_t pid = fork();
      if (pid == 0) {
        for (std::atomic<unsigned> count{0};;) count.fetch_add(1, std::memory_order_relaxed);
      }
      if (pid > 0) pids_.push_back(pid);
    }
  }
  ~BusyProcesses() {
    for (const pid_t pid : pids_) {
      kill(pid, SIGKILL);
      waitpid(pid, nullptr, 0);
    }
  }
  BusyProcesses(const BusyProcesses&) = delete;
  BusyProcesses& operator=(const BusyProcesses&) = delete;

 private:
  std::vector<pid_t> pids_;
};

double pass_ms(const Model& model) {
  std::vector<int> ids;
  for (int i = 0; i < kTokens; ++i) ids.push_back(i * 7919 % 50257);
  TraceOptions options;
  options.n_next_tokens = 0;
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(model.trace_ids({ids, {}, {}}, options));
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return median(times);
}

void two_threads(benchmark::State& state) {
  const ModelPtr one = random_model(gpt2_small_config(), {1, 1, false});
  const ModelPtr two = random_model(gpt2_small_config(), {1, 2, false});
  pass_ms(*one);
  pass_ms(*two);
  for (auto _ : state) {
    std::vector<double> quiet, speedup, one_busy, two_busy;
    for (int round = 0; round < kRounds; ++round) {
      quiet.push_back(pass_ms(*two));
      speedup.push_back(pass_ms(*one) / quiet.back());
      {
        const BusyProcesses busy(1);
        one_busy.push_back(pass_ms(*two) / quiet.back());
      }
      const BusyProcesses busy(2);
      two_busy.push_back(pass_ms(*two) / quiet.back());
    }
    state.SetIterationTime(median(quiet) * 1e-3);
    state.counters["speedup"] = median(speedup);
    state.counters["speedup_goal"] = 1.9;
    state.counters["one_core_busy"] = median(one_busy);
    state.counters["one_goal"] = 2.0;
    state.counters["two_cores_busy"] = median(two_busy);
    state.counters["two_goal"] = 4.0;
  }
}
BENCHMARK(two_threads)->Iterations(1)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace headscope
