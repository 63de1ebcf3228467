// The inner products of the program beside their yardsticks: one layer's attention beside attn_bench, a row
// through all weights beside what memory can deliver, and products beside oneDNN. Each ratio is the median
// over rounds in which both ran one after the other; the goal stands next to it.
#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <map>
#include <sstream>

#include "core/aligned_buffer.h"
#include "core/fast_attention.h"
#include "core/linear.h"
#include "core/thread_pool.h"
#include "peer.h"

namespace headscope {
namespace {

constexpr int kRounds = 5;
constexpr int kHeads = 12, kHeadDim = 64, kModel = 768, kLayers = 12;

double seconds(const auto& action) {
  const auto start = std::chrono::steady_clock::now();
  action();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Median over repeats of at least 30 ms each, as attn_bench measures itself.
double microseconds(const auto& action) {
  std::vector<double> times;
  for (int repeat = 0; repeat < 9; ++repeat) {
    int n = 0;
    const auto start = std::chrono::steady_clock::now();
    double elapsed = 0;
    do {
      action();
      ++n;
      elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    } while (elapsed < 0.03);
    times.push_back(elapsed / n * 1e6);
  }
  return median(times);
}

/// Twelve heads of one layer, as columns of one wide matrix, weights and z kept.
double our_attention_us(int n_tokens) {
  const Matrix qkv = Matrix::Random(n_tokens, 3 * kModel);
  Matrix z(n_tokens, kModel);
  const std::size_t head_size = static_cast<std::size_t>(n_tokens) * static_cast<std::size_t>(n_tokens);
  std::vector<float> weights(kHeads * head_size);
  const std::vector<KeyRange> ranges = causal_ranges(0, n_tokens, n_tokens);
  return microseconds([&] {
    for (int head = 0; head < kHeads; ++head) {
      HeadJob job;
      job.query = qkv.data() + head * kHeadDim;
      job.key = job.query + kModel;
      job.value = job.key + kModel;
      job.query_stride = job.key_stride = job.value_stride = 3 * kModel;
      job.n_query = job.n_key = n_tokens;
      job.head_dim = kHeadDim;
      job.scale = 0.125f;
      job.ranges = ranges.data();
      job.weights = weights.data() + static_cast<std::size_t>(head) * head_size;
      job.weights_stride = n_tokens;
      job.outside_is_zero = true;  // attn_bench leaves what lies beyond a block alone, too
      job.z = z.data() + head * kHeadDim;
      job.z_stride = kModel;
      attend_head(job);
    }
  });
}

#if defined(HEADSCOPE_ATTN_BENCH)
/// The column "tri" of attn_bench, by number of tokens.
std::map<int, double> eigen_attention_us() {
  std::map<int, double> times;
  std::istringstream lines(output_of(HEADSCOPE_ATTN_BENCH));
  for (std::string line; std::getline(lines, line);) {
    int n_tokens = 0;
    double tri = 0;
    if (std::sscanf(line.c_str(), "%d | %*f %*f %*f %*f | %lf", &n_tokens, &tri) == 2) times[n_tokens] = tri;
  }
  return times;
}

struct AttentionRounds {
  std::map<int, std::vector<double>> ours, ratio;
};

const AttentionRounds& attention_rounds() {
  static const AttentionRounds rounds = [] {
    AttentionRounds all;
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& [n_tokens, eigen_us] : eigen_attention_us()) {
        const double us = our_attention_us(n_tokens);
        all.ours[n_tokens].push_back(us);
        all.ratio[n_tokens].push_back(us / eigen_us);
      }
    }
    return all;
  }();
  return rounds;
}

void attention_beside_eigen(benchmark::State& state) {
  const int n_tokens = static_cast<int>(state.range(0));
  for (auto _ : state) {
    const AttentionRounds& rounds = attention_rounds();
    const auto ratio = rounds.ratio.find(n_tokens);
    if (ratio == rounds.ratio.end()) {
      state.SkipWithError("attn_bench does not run here");
      return;
    }
    state.SetIterationTime(median(rounds.ours.at(n_tokens)) * 1e-6);
    state.counters["to_tri"] = median(ratio->second);
    state.counters["goal"] = n_tokens >= 1024 ? 0.70 : 0.65;
  }
}
BENCHMARK(attention_beside_eigen)
    ->ArgName("tokens")
    ->Arg(16)
    ->Arg(64)
    ->Arg(256)
    ->Arg(1024)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMicrosecond);
#endif

/// Bytes a second of summing `memory` in `n_streams` places a thread at once.
template <int kStreams>
double read_rate(const AlignedBuffer& memory, ThreadPool& pool) {
  using Lane = Eigen::Array<float, 16, 1>;
  const std::size_t part = memory.size() / static_cast<std::size_t>(pool.n_threads());
  const std::size_t stream = part / kStreams / 16 * 16;
  std::vector<float> sums(static_cast<std::size_t>(pool.n_threads()));
  const double time = seconds([&] {
    pool.parallel_for(pool.n_threads(), [&](int thread) {
      const float* begin = memory.data() + static_cast<std::size_t>(thread) * part;
      std::array<Lane, kStreams> sum;
      for (Lane& lane : sum) lane.setZero();
      for (std::size_t i = 0; i < stream; i += 16) {
        for (int s = 0; s < kStreams; ++s) {
          sum[static_cast<std::size_t>(s)] +=
              Eigen::Map<const Lane>(begin + static_cast<std::size_t>(s) * stream + i);
        }
      }
      Lane all = sum[0];
      for (int s = 1; s < kStreams; ++s) all += sum[static_cast<std::size_t>(s)];
      sums[static_cast<std::size_t>(thread)] = all.sum();
    });
  });
  benchmark::DoNotOptimize(sums.data());
  return static_cast<double>(stream) * kStreams * pool.n_threads() * sizeof(float) / time;
}

double read_ceiling(const AlignedBuffer& memory, ThreadPool& pool) {
  return std::max({read_rate<1>(memory, pool), read_rate<2>(memory, pool), read_rate<4>(memory, pool),
                   read_rate<8>(memory, pool)});
}

/// The products of a GPT-2-small-shaped model, layer by layer.
std::vector<PackedLinear> gpt2_small_products() {
  std::vector<PackedLinear> products;
  for (int layer = 0; layer < kLayers; ++layer) {
    for (const auto& [n_in, n_out] :
         {std::pair{kModel, 3 * kModel}, {kModel, kModel}, {kModel, 4 * kModel}, {4 * kModel, kModel}}) {
      const Matrix weight = Matrix::Random(n_out, n_in);
      products.emplace_back(weight.data(), n_out, n_in, WeightLayout::OutIn);
    }
  }
  return products;
}

void one_row_beside_memory(benchmark::State& state) {
  ThreadPool pool(static_cast<int>(state.range(0)));
  const std::vector<PackedLinear> products = gpt2_small_products();
  AlignedBuffer memory(std::size_t{128} << 20);
  std::fill_n(memory.data(), memory.size(), 1.0f);
  const Vector x = Vector::Random(4 * kModel);
  Vector y(4 * kModel);
  double bytes = 0;
  for (const PackedLinear& product : products) bytes += 4.0 * product.n_in() * product.n_out();
  const auto one_row = [&] {
    for (const PackedLinear& product : products) {
      product.apply(x.data(), product.n_in(), 1, y.data(), product.n_out(), pool);
    }
  };
  for (auto _ : state) {
    std::vector<double> rates, ratios;
    for (int round = 0; round < kRounds; ++round) {
      const double ceiling = read_ceiling(memory, pool);
      double best = 0;
      for (int repeat = 0; repeat < 4; ++repeat) best = std::max(best, bytes / seconds(one_row));
      rates.push_back(best);
      ratios.push_back(best / ceiling);
    }
    state.SetIterationTime(bytes / median(rates));
    state.counters["GB_per_s"] = median(rates) * 1e-9;
    state.counters["to_ceiling"] = median(ratios);
    state.counters["goal"] = 0.88;
  }
}
BENCHMARK(one_row_beside_memory)
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

#if defined(HEADSCOPE_HAS_ONEDNN)
void product_beside_onednn(benchmark::State& state) {
  const int n_rows = static_cast<int>(state.range(0));
  ThreadPool pool(1);
  const std::vector<PackedLinear> products = gpt2_small_products();
  const Matrix x = Matrix::Random(n_rows, 4 * kModel);
  Matrix y(n_rows, 4 * kModel);
  const auto pass = [&](Multiplier multiplier) {
    PackedLinear::Options options;
    options.multiplier = multiplier;
    for (const PackedLinear& product : products) {
      product.apply(x.data(), product.n_in(), n_rows, y.data(), product.n_out(), pool, options);
    }
  };
  double flops = 0;
  for (const PackedLinear& product : products) flops += 2.0 * n_rows * product.n_in() * product.n_out();
  pass(Multiplier::OneDnn);
  for (auto _ : state) {
    std::vector<double> ours, ratio;
    for (int round = 0; round < kRounds; ++round) {
      const double theirs = seconds([&] { pass(Multiplier::OneDnn); });
      ours.push_back(seconds([&] { pass(Multiplier::Kernels); }));
      ratio.push_back(ours.back() / theirs);
    }
    state.SetIterationTime(median(ours));
    state.counters["GFLOP_per_s"] = flops / median(ours) * 1e-9;
    state.counters["to_onednn"] = median(ratio);
  }
}
BENCHMARK(product_beside_onednn)
    ->ArgName("rows")
    ->Arg(1)
    ->Arg(16)
    ->Arg(64)
    ->Arg(256)
    ->Arg(1024)
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
#endif

}  // namespace
}  // namespace headscope
