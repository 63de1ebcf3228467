// Frame times of the renderer at 1280 x 720, medians of interleaved rounds, beside peers/gl_bench (goal 12),
// and two guards: no allocation in a steady frame, and, where the driver draws the ribbons, CPU time outside
// of it independent of their number. A still picture is drawn once and shown again; a morph is drawn every
// frame.
//   render_bench [rounds = 5] [part of a case's name]        0 rounds: the guards alone
#include "allocation_count.h"  // first: it replaces the global operators

#include <glad/gl.h>

#include <time.h>

#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/paths.h"
#include "peer.h"
#include "render/make_renderer.h"
#include "render_scenes.h"
#include "silent_driver.h"

namespace {

using namespace headscope;

constexpr FrameSize kSize{1280, 720};

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// CPU time of all threads: what a frame costs on a machine that is busy with other things.
double cpu_ms() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
}

[[noreturn]] void give_up(const Error& error) {
  std::fprintf(stderr, "%s\n%s\n", error.message.c_str(), error.hint.c_str());
  std::exit(1);
}

/// One finished frame.
void frame(Renderer& renderer, const Scene& scene) {
  if (const Result<FrameHandle> drawn = renderer.draw(scene, kSize); !drawn) give_up(drawn.error());
  glFinish();
}

struct Case {
  std::string name;
  Scene scene;
  bool moving = false;
  std::vector<double> times = {};      ///< wall clock, ms a frame
  std::vector<double> cpu_times = {};  ///< all threads of the process, ms a frame
};

Case make_case(std::string name, MorphPtr morph, bool moving) {
  Scene scene;
  scene.morph = std::move(morph);
  return {std::move(name), std::move(scene), moving};
}

/// Times the case for about 0.06 s, at least three frames.
void time_round(Renderer& renderer, Case& c) {
  const double start = now_ms();
  for (int i = 0; i < 3 || now_ms() - start < 60; ++i) {
    // Moving frames lie between the ends, never on them.
    c.scene.mix = c.moving ? 0.1f + 0.8f * static_cast<float>(i % 16) / 15 : 1;
    const double begin = now_ms(), cpu_begin = cpu_ms();
    frame(renderer, c.scene);
    c.times.push_back(now_ms() - begin);
    c.cpu_times.push_back(cpu_ms() - cpu_begin);
  }
}

/// Milliseconds a ribbon that gl_bench takes with 24 segments, from its line "GL ribbons, 24 segments … |
/// 5000: 61 ms"; 0 without the yardstick.
double yardstick_ms_per_ribbon() {
#ifdef HEADSCOPE_GL_BENCH
  const std::string text = output_of(HEADSCOPE_GL_BENCH " 1280 720 2>/dev/null");
  const std::size_t line = text.find("GL ribbons, 24 segments  "), at = text.find("| 5000: ", line);
  if (line != std::string::npos && at != std::string::npos) return std::atof(&text[at + 8]) / 5000;
#endif
  return 0;
}

/// CPU milliseconds of a frame with a driver that does nothing.
double own_ms(Renderer& renderer, const Scene& scene) {
  const SilentDriver silent;
  constexpr int kFrames = 100;
  const double begin = now_ms();
  for (int i = 0; i < kFrames; ++i) {
    if (!renderer.draw(scene, kSize)) return -1;
  }
  return (now_ms() - begin) / kFrames;
}

std::size_t allocations_in(Renderer& renderer, Case& c, int n_frames) {
  for (int i = 0; i < 3; ++i) frame(renderer, c.scene);
  const std::size_t before = n_allocations;
  for (int i = 0; i < n_frames; ++i) {
    c.scene.mix = c.moving ? 0.1f + 0.8f * static_cast<float>(i) / static_cast<float>(n_frames) : 1;
    frame(renderer, c.scene);
  }
  return n_allocations - before;
}

TracePtr real_trace() {
  const Result<ModelPtr> model = load_model(std::string(HEADSCOPE_SHARED_DIR) + "/models/stories260K");
  if (!model) give_up(model.error());
  const std::string text =
      "Once upon a time, there was a little girl named Lily. She loved to play outside in the park with her "
      "dog. One "
      "day, the dog saw a big red ball and ran to it.";
  Result<TracePtr> trace = (*model)->trace(text, {});
  if (!trace) give_up(trace.error());
  return *trace;
}

/// `fixed_24`: what gl_bench takes for 3800 ribbons of 24 segments, ms; 0 without it.
void print_times(const std::vector<Case>& cases, std::size_t goal_case, double fixed_24) {
  for (const Case& c : cases) {
    const double ms = median(c.times);
    std::printf("%-62s %8.2f ms %6.0f frames/s %8.2f ms of CPU\n", c.name.c_str(), ms, 1000 / ms,
                median(c.cpu_times));
  }
  if (fixed_24 > 0) {
    std::printf("gl_bench, 24 segments, 3800 ribbons: %.2f ms\n", fixed_24);
    for (std::size_t i = goal_case; i < cases.size(); ++i) {
      const double share = static_cast<double>(cases[i].scene.morph->ribbons.size()) / 3800;
      std::printf("  ratio of '%s': %.2f (goal 12: 0.30)\n", cases[i].name.c_str(),
                  median(cases[i].times) / (fixed_24 * std::max(share, 1e-3)));
    }
  } else {
    std::printf("gl_bench is not here: no ratio\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(0, std::atoi(argv[1])) : 5;
  setvbuf(stdout, nullptr, _IOLBF, 0);
  FontLibrary fonts;
  Result<std::unique_ptr<Renderer>> made = make_offscreen_renderer(fonts, shaders_dir());
  if (!made) give_up(made.error());
  Renderer& renderer = **made;
  RendererOptions by_driver;
  by_driver.ribbons = RibbonDrawing::Driver;
  Result<std::unique_ptr<Renderer>> other = make_offscreen_renderer(fonts, shaders_dir(), by_driver);
  if (!other) give_up(other.error());
  std::printf("%s, %d x %d, medians of %d rounds\n", glGetString(GL_RENDERER), kSize.width, kSize.height,
              rounds);

  const auto shared = [](Layout layout) { return std::make_shared<const Layout>(std::move(layout)); };
  std::vector<Case> cases;
  for (const int n : {1000, 10'000, 100'000}) {
    cases.push_back(
        make_case(std::to_string(n) + " ribbons, still", still(shared(yardstick_layout(n, 1))), false));
    cases.push_back(make_case(std::to_string(n) + " ribbons, morph",
                              make_morph(shared(yardstick_layout(n, 1)), shared(yardstick_layout(n, 2))),
                              true));
  }
  Layout goal = yardstick_layout(3800, 1);
  add_heat_map_and_labels(goal, fonts);
  const std::size_t goal_case = cases.size();
  cases.push_back(make_case("3800 of gl_bench + heat map + labels, still", still(shared(goal)), false));
  Layout moved = yardstick_layout(3800, 2);
  add_heat_map_and_labels(moved, fonts);
  cases.push_back(make_case("3800 of gl_bench + heat map + labels, morph",
                            make_morph(shared(std::move(goal)), shared(std::move(moved))), true));
  const TracePtr trace = real_trace();
  const int n = trace->n_tokens();
  for (const auto& [kind, name] : {std::pair{ViewKind::Columns, "columns"}, {ViewKind::Arcs, "arcs"}}) {
    const LayoutPtr all = shared(document_layout(*trace, kind, -1, fonts));
    const LayoutPtr a = shared(document_layout(*trace, kind, n - 2, fonts));
    const LayoutPtr b = shared(document_layout(*trace, kind, n - 1, fonts));
    const std::string title = std::string(name) + ", " + std::to_string(n) + " tokens, 2 heads, " +
                              std::to_string(all->ribbons.size()) + " ribbons";
    cases.push_back(make_case(title + ", still", still(all), false));
    cases.push_back(make_case(title + ", step", make_morph(a, b), true));
  }

  // One kind of picture alone, for a profiler.
  const std::string wanted = argc > 2 ? argv[2] : "";
  std::erase_if(cases, [&](const Case& c) { return c.name.find(wanted) == std::string::npos; });

  std::vector<double> yardstick;
  for (Case& c : cases) frame(renderer, c.scene);
  for (int round = 0; round < rounds; ++round) {
    for (Case& c : cases) time_round(renderer, c);
    if (round % 3 == 0) yardstick.push_back(wanted.empty() ? yardstick_ms_per_ribbon() : 0);
  }
  if (rounds > 0) print_times(cases, goal_case, median(yardstick) * 3800);
  bool kept = true;
  for (Case& c : cases) {
    const int n_frames = c.scene.morph->ribbons.size() > 20'000 ? 3 : 20;
    const std::size_t allocations =
        allocations_in(renderer, c, n_frames) + allocations_in(**other, c, n_frames);
    const double own = own_ms(**other, c.scene);
    std::printf("%-62s %zu allocations in %d frames, %.4f ms a frame outside the driver\n", c.name.c_str(),
                allocations, n_frames, own);
    kept = kept && allocations == 0 && own >= 0 && own < 0.2;
  }
  std::printf(kept ? "guards hold\n" : "A GUARD FAILS: expected 0 allocations and less than 0.2 ms\n");
  return kept ? 0 : 1;
}
