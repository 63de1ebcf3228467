// CPU time of the picture's making: layouts, transitions, picking, thumbnails. Each prints the limit it is
// held to.
#include <benchmark/benchmark.h>

#include "../scene/fake_trace.h"
#include "scene/layout.h"
#include "scene/morph.h"
#include "scene/picking.h"
#include "scene/thumbnails.h"

namespace headscope {
namespace {

using testing::random_trace;
using testing::some_words;

FontLibrary& fonts() {
  static FontLibrary library;
  return library;
}

Document all_heads(int n_layers, int n_heads, ViewKind kind) {
  Document document;
  document.view.kind = kind;
  document.selection.heads.clear();
  for (int layer = 0; layer < n_layers; ++layer)
    for (int head = 0; head < n_heads; ++head) document.selection.heads.push_back({layer, head});
  return document;
}

void layout_of_144_heads(benchmark::State& state) {
  const AttentionTrace trace = random_trace(some_words(64), 12, 12);
  const Document document = all_heads(12, 12, static_cast<ViewKind>(state.range(0)));
  Stage stage;
  stage.fonts = &fonts();
  for (auto _ : state) benchmark::DoNotOptimize(build_layout(document, trace, stage));
  state.counters["limit_ms"] = 5;
}
BENCHMARK(layout_of_144_heads)
    ->Arg(static_cast<int>(ViewKind::Columns))
    ->Arg(static_cast<int>(ViewKind::Matrix))
    ->Unit(benchmark::kMillisecond);

void layout_of_one_head(benchmark::State& state) {
  const AttentionTrace trace = random_trace(some_words(static_cast<int>(state.range(0))), 1, 1);
  Document document;
  document.selection.query = static_cast<int>(state.range(0)) / 2;
  Stage stage;
  stage.fonts = &fonts();
  for (auto _ : state) benchmark::DoNotOptimize(build_layout(document, trace, stage));
}
BENCHMARK(layout_of_one_head)->Arg(13)->Arg(64)->Arg(256)->Arg(1024)->Unit(benchmark::kMillisecond);

void morph_between_heads(benchmark::State& state) {
  const AttentionTrace trace = random_trace(some_words(static_cast<int>(state.range(0))), 1, 2);
  Stage stage;
  stage.fonts = &fonts();
  Document document;
  const auto from = std::make_shared<const Layout>(build_layout(document, trace, stage));
  document.selection.heads = {{0, 1}};
  const auto to = std::make_shared<const Layout>(build_layout(document, trace, stage));
  for (auto _ : state) benchmark::DoNotOptimize(make_morph(from, to));
}
BENCHMARK(morph_between_heads)->Arg(64)->Arg(256)->Unit(benchmark::kMillisecond);

void pick_among_100000_ribbons(benchmark::State& state) {
  const AttentionTrace trace = random_trace(some_words(450), 1, 1);
  Document document;
  document.view.cumulative_mass = 1;
  Stage stage;
  stage.fonts = &fonts();
  stage.max_ribbons = 200000;
  const Picker picker(std::make_shared<const Layout>(build_layout(document, trace, stage)));
  float x = 300;
  for (auto _ : state) {
    x = x < 900 ? x + 1 : 300;
    benchmark::DoNotOptimize(picker.pick({x, 360}));
  }
  state.counters["limit_ms"] = 2;
}
BENCHMARK(pick_among_100000_ribbons)->Unit(benchmark::kMillisecond);

void thumbnails_of_144_heads(benchmark::State& state) {
  const AttentionTrace trace = random_trace(some_words(static_cast<int>(state.range(0))), 12, 12);
  for (auto _ : state) benchmark::DoNotOptimize(head_thumbnails(trace, 24));
  state.counters["limit_ms"] = state.range(0) == 64 ? 100 : 300;
}
BENCHMARK(thumbnails_of_144_heads)->Arg(64)->Arg(256)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace headscope
