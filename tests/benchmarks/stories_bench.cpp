// The built-in model, as the window uses it: weights kept, the next tokens after every position named.
#include <benchmark/benchmark.h>

#include <chrono>

#include "models/model.h"

namespace headscope {
namespace {

const Model* stories() {
  static const auto model = load_model("stories");
  return model.ok() ? model->get() : nullptr;
}

std::vector<int> token_ids(const Model& model, int n) {
  std::vector<int> ids;
  for (int i = 0; i < n; ++i) ids.push_back((17 + i * 7919) % model.shape().vocab_size);
  return ids;
}

void run(benchmark::State& state, bool append) {
  const Model* model = stories();
  if (!model) {
    state.SkipWithError("the model 'stories' is not there");
    return;
  }
  const std::vector<int> ids = token_ids(*model, static_cast<int>(state.range(0)));
  TraceOptions options;
  if (append) options.previous = *model->trace_ids({{ids.begin(), ids.end() - 1}, {}, {}}, {});
  const auto start = std::chrono::steady_clock::now();
  for (auto _ : state) benchmark::DoNotOptimize(model->trace_ids({ids, {}, {}}, options));
  const double ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count() /
      static_cast<double>(state.iterations());
  const double goal_ms = append ? 0.5 : 3.0;
  state.counters["goal_ms"] = goal_ms;
  state.counters["to_goal"] = ms / goal_ms;
}

void full_pass(benchmark::State& state) {
  run(state, false);
}
void one_more_token(benchmark::State& state) {
  run(state, true);
}
BENCHMARK(full_pass)->Arg(16)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(one_more_token)->Arg(16)->Arg(64)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace headscope
