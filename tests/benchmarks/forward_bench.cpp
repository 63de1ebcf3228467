// A GPT-2-small-shaped model with random weights and all 144 matrices kept, beside limit_forward: whole pass,
// one more token, an edit in the middle, and how soon the first layer is there. Counters are milliseconds and
// ratios to the yardstick; each ratio is the median over rounds in which both ran one after the other.
#include <benchmark/benchmark.h>

#include <chrono>
#include <map>

#include "models/random_model.h"
#include "peer.h"
#include "trace/weight_change.h"

namespace headscope {
namespace {

constexpr int kRounds = 5;

const Model& gpt2_small(int n_threads) {
  static std::map<int, ModelPtr> models;
  ModelPtr& model = models[n_threads];
  if (!model) model = random_model(gpt2_small_config(), {1, n_threads, false});
  return *model;
}

double milliseconds(const auto& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

std::vector<int> token_ids(int n) {
  std::vector<int> ids;
  for (int i = 0; i < n; ++i) ids.push_back(i * 7919 % 50257);
  return ids;
}

/// Goals 1 and 2: the whole pass beside the yardstick's, by number of tokens.
double full_goal(int n_tokens) {
  if (n_tokens <= 16) return 0.95;
  return n_tokens >= 1024 ? 0.92 : 1.0;
}

struct OurTimes {
  double full = 0, append = 0, edit = 0, first_layer = 0;
};

/// The same rounds as limit_forward's own: whole, append, edit, one after the other, and their medians.
OurTimes run_ours(const Model& model, int n_tokens) {
  TraceOptions options;
  options.n_next_tokens = 0;
  options.max_weight_bytes = std::size_t{1} << 30;  // all matrices, also at 1,024 tokens
  const std::vector<int> ids = token_ids(n_tokens);
  std::vector<int> other = ids, shorter(ids.begin(), ids.end() - 1);
  other[static_cast<std::size_t>(n_tokens) / 2] = 1;
  std::vector<double> full, append, edit, first;
  TracePtr trace, kept;
  for (int i = 0; i < (n_tokens > 256 ? 5 : 11); ++i) {
    double first_layer = 0;
    const auto start = std::chrono::steady_clock::now();
    options.previous = nullptr;
    options.on_layer = [&](const TracePtr& so_far, float) {
      if (so_far->layers[1]) return;
      first_layer =
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    };
    full.push_back(milliseconds([&] { trace = *model.trace_ids({ids, {}, {}}, options); }));
    first.push_back(first_layer);
    options.on_layer = nullptr;
    options.previous = trace;
    TracePtr before;
    if (n_tokens > 1) before = *model.trace_ids({shorter, {}, {}}, options);
    options.previous = before;
    kept.reset();  // giving memory back is not part of what the yardstick measures
    append.push_back(milliseconds([&] { kept = *model.trace_ids({ids, {}, {}}, options); }));
    options.previous = trace;
    edit.push_back(milliseconds([&] { kept = *model.trace_ids({other, {}, {}}, options); }));
  }
  return {median(full), median(append), median(edit), median(first)};
}

void forward_beside_the_limit(benchmark::State& state) {
  const int n_threads = static_cast<int>(state.range(0)), n_tokens = static_cast<int>(state.range(1));
  const Model& model = gpt2_small(n_threads);
  run_ours(model, std::min(n_tokens, 16));
  for (auto _ : state) {
    std::vector<double> full, append, edit, edit_goal, first;
    OurTimes ours;
    for (int round = 0; round < kRounds; ++round) {
      const LimitTimes limit = run_limit_forward(n_threads, n_tokens);
      ours = run_ours(model, n_tokens);
      if (!limit.ok()) {
        state.SkipWithError("limit_forward does not run here");
        return;
      }
      full.push_back(ours.full / limit.full);
      append.push_back(ours.append / limit.append);
      edit.push_back(ours.edit / limit.edit);
      const double share = 1.0 - static_cast<double>(n_tokens / 2) / n_tokens;
      edit_goal.push_back(ours.edit / std::max(ours.append, share * ours.full));
      first.push_back(ours.first_layer / ours.full);
    }
    state.SetIterationTime(ours.full * 1e-3);
    state.counters["full_ms"] = ours.full;
    state.counters["full_to_lim"] = median(full);
    state.counters["full_goal"] = full_goal(n_tokens);
    state.counters["append_ms"] = ours.append;
    state.counters["append_to_lim"] = median(append);
    if (n_tokens <= 256) state.counters["append_goal"] = 1.0;
    state.counters["edit_ms"] = ours.edit;
    state.counters["edit_to_lim"] = median(edit);
    state.counters["edit_to_goal4"] = median(edit_goal);
    state.counters["edit_goal"] = 1.1;
    state.counters["layer0_share"] = median(first);
    if (n_tokens == 64) state.counters["layer0_goal"] = 1.0 / 30;
  }
}
BENCHMARK(forward_beside_the_limit)
    ->ArgNames({"threads", "tokens"})
    ->ArgsProduct({{1, 2}, {16, 64, 256, 1024}})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

/// Goal 5: weights in half precision, and what that changes.
void half_precision(benchmark::State& state) {
  const int n_threads = static_cast<int>(state.range(0)), n_tokens = static_cast<int>(state.range(1));
  const Model& wide = gpt2_small(n_threads);
  const ModelPtr half = random_model(gpt2_small_config(), {1, n_threads, false, WeightPrecision::Half});
  run_ours(*half, std::min(n_tokens, 16));
  for (auto _ : state) {
    std::vector<double> full, append;
    OurTimes narrow;
    for (int round = 0; round < kRounds; ++round) {
      const OurTimes other = run_ours(wide, n_tokens);
      narrow = run_ours(*half, n_tokens);
      full.push_back(narrow.full / other.full);
      append.push_back(narrow.append / other.append);
    }
    TraceOptions options;
    options.n_next_tokens = 0;
    const TracePtr a = *wide.trace_ids({token_ids(n_tokens), {}, {}}, options);
    const TracePtr b = *half->trace_ids({token_ids(n_tokens), {}, {}}, options);
    state.SetIterationTime(narrow.append * 1e-3);
    state.counters["append_to_fp32"] = median(append);
    state.counters["goal"] = 0.58;
    state.counters["full_to_fp32"] = median(full);
    state.counters["largest_change"] = largest_weight_change(*a, *b).change;
  }
}
BENCHMARK(half_precision)
    ->ArgNames({"threads", "tokens"})
    ->ArgsProduct({{1, 2}, {16, 64}})
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace headscope
