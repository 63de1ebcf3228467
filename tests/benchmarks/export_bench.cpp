// Movies and PNG files at 1080p, in turn with the yardsticks of the shared folder:
//   export_bench [rounds=5]
// Goals 13 and 14: an MP4 of the scene of frames_bench, drawing included, against FFmpeg that is fed with
// finished yuv420p frames; PNG files on one thread against libpng's level 1 with the "sub" filter. matplotlib
// runs once.
#include <png.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <string>

#include "base/paths.h"
#include "export/frame_folder.h"
#include "export/movie.h"
#include "export/yuv.h"
#include "peer.h"
#include "render/make_renderer.h"
#include "scene/morph.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;
constexpr FrameSize kSize{1920, 1080};
constexpr int kFrames = 180;

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// The picture of frames_bench: 1500 soft ribbons three pixels wide, a heat map of 64 x 64, two columns of
/// words. All ribbons and the map change their strength in every frame.
MorphPtr frames_bench_scene(FontLibrary& fonts) {
  std::mt19937 random(2);
  std::uniform_real_distribution<float> unit(0, 1);
  auto a = std::make_shared<Layout>(), b = std::make_shared<Layout>();
  const auto row = [&] { return 40 + 15.5f * static_cast<float>(random() % 64); };
  for (ElementKey key = 1; key <= 1500; ++key) {
    const float x = 300 + 4 * static_cast<float>(random() % 3), y0 = row(), y1 = row(),
                alpha = unit(random) * unit(random) * 0.6f + 0.02f;
    RibbonState r{{x, y0}, {x + 167, y0}, {x + 333, y1}, {x + 500, y1}, 3, 3, {}, {}, 0};
    r.color0 = r.color3 = {unit(random), unit(random), unit(random), alpha};
    b->ribbons.push_back({key, r});
    r.color0.a = r.color3.a = 0.2f * alpha;
    a->ribbons.push_back({key, r});
  }
  auto values = std::make_shared<MatrixValues>();
  values->id = 1;
  values->rows = values->cols = 64;
  for (int i = 0; i < 64; ++i)
    for (int j = 0; j < 64; ++j) values->values.push_back(j <= i ? unit(random) * unit(random) : -1);
  for (const auto& [layout, opacity] : {std::pair(a, 0.6f), std::pair(b, 1.0f)}) {
    layout->background = {0.08f, 0.08f, 0.08f, 1};
    layout->images.push_back({9000, {{960, 90, 896, 896}, opacity, {}}});
    layout->image_values.push_back(values);
    for (ElementKey token = 0; token < 128; ++token) {
      const float x = token < 64 ? 190.0f : 820.0f, y = 45 + 15.5f * static_cast<float>(token % 64);
      layout->labels.push_back({10000 + token, {{x, y}, 11, {0.9f, 0.9f, 0.9f, 1}}});
      layout->label_runs.push_back(fonts.shape("token " + std::to_string(token % 64), FontRole::Mono));
    }
  }
  return make_morph(a, b);
}

std::string with_libpng(const Image& image) {
  std::string out;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &out,
      [](png_structp p, png_bytep data, std::size_t size) {
        static_cast<std::string*>(png_get_io_ptr(p))->append(reinterpret_cast<char*>(data), size);
      },
      [](png_structp) {});
  png_set_IHDR(png, info, kSize.width, kSize.height, 8, PNG_COLOR_TYPE_RGB, 0, 0, 0);
  png_set_compression_level(png, 1);
  png_set_filter(png, 0, PNG_FILTER_SUB);
  png_write_info(png, info);
  png_set_filler(png, 0, PNG_FILLER_AFTER);
  for (int y = 0; y < kSize.height; ++y)
    png_write_row(png, const_cast<png_bytep>(&image.rgba[static_cast<std::size_t>(y) * kSize.width * 4]));
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return out;
}

void png_rounds(const std::vector<Image>& frames, int rounds) {
  std::vector<double> libpng, ours;
  std::size_t libpng_bytes = 0, our_bytes = 0;
  for (int round = 0; round < rounds; ++round) {
    for (const Image& frame : frames) {
      libpng.push_back(seconds_of([&] { libpng_bytes += with_libpng(frame).size(); }));
      ours.push_back(seconds_of([&] { our_bytes += encode_png(frame)->size(); }));
    }
  }
  std::printf(
      "PNG, one thread      %6.2f ms   libpng level 1 sub %6.2f ms   %.2f x as fast (goal 14: >= 5)   "
      "size %.2f x (goal: <= 1.25)\n",
      median(ours) * 1e3, median(libpng) * 1e3, median(libpng) / median(ours),
      static_cast<double>(our_bytes) / static_cast<double>(libpng_bytes));
}

/// The yardstick's frames as yuv420p in a file; empty when FFmpeg or the program are missing.
std::string yuv_frames(const fs::path& folder) {
#ifdef HEADSCOPE_FRAMES_BENCH
  const std::string rgba = folder / "f.rgba", yuv = folder / "f.yuv";
  const std::string made = std::string(HEADSCOPE_FRAMES_BENCH) + " raw 60 > " + rgba +
                           " && ffmpeg -v error -y -f rawvideo -pix_fmt rgba -s 1920x1080 -i " + rgba +
                           " -f rawvideo -pix_fmt yuv420p " + yuv;
  if (std::system(made.c_str()) == 0) return yuv;
#endif
  (void)folder;
  return "";
}

int run(int rounds) {
  FontLibrary fonts;
  auto renderer = make_offscreen_renderer(fonts, shaders_dir());
  if (!renderer) return std::fprintf(stderr, "%s\n", renderer.error().message.c_str()), 1;
  Scene scene;
  scene.morph = frames_bench_scene(fonts);
  scene.reproducible = true;
  const auto draw = [&](int number) -> Result<FramePtr> {
    scene.mix = static_cast<float>(number + 1) / (kFrames + 1);
    Result<Image> image = (*renderer)->render_to_image(scene, kSize);
    if (!image) return image.error();
    return std::make_shared<const Image>(std::move(*image));
  };
  std::vector<Image> samples;
  for (const int number : {20, 60, 100, 140}) samples.push_back(**draw(number));
  png_rounds(samples, rounds);

  const fs::path folder = fs::temp_directory_path() / "headscope_export_bench";
  fs::create_directories(folder);
  const std::string yuv = yuv_frames(folder);
  std::vector<double> movie, folders, drawing, converting, piped;
  std::vector<std::uint8_t> planes(static_cast<std::size_t>(kSize.width) * kSize.height * 2);
  const std::string peer =
      "cat " + yuv + " " + yuv + " " + yuv +
      " | ffmpeg -v error -y -f rawvideo -pix_fmt yuv420p -s 1920x1080 -r 60 -i - -c:v libx264 "
      "-preset veryfast " +
      (folder / "peer.mp4").string();
  for (int round = 0; round < rounds; ++round) {
    movie.push_back(seconds_of([&] {
      const auto writer = make_movie(folder / "a.mp4", {MovieFormat::Mp4, kSize, 60, kFrames});
      if (!writer || !write_movie(draw, {0, kFrames}, **writer, {}, {}).ok()) std::abort();
    }));
    folders.push_back(seconds_of([&] {
      const FrameSet set{std::to_string(round), {0, kFrames}, 60, kSize, false, "", "", ""};
      if (!write_frames(folder / "frames", set, {}, draw, {}, {}).ok()) std::abort();
    }));
    drawing.push_back(seconds_of([&] {
                        for (int number = 0; number < kFrames; number += 3) (void)draw(number);
                      }) *
                      3);
    converting.push_back(seconds_of([&] {
      std::uint8_t* luma = planes.data();
      std::uint8_t* chroma = luma + kSize.width * kSize.height;
      for (int i = 0; i < kFrames; ++i)
        to_yuv420(samples[static_cast<std::size_t>(i) % samples.size()],
                  {luma, chroma, chroma + kSize.width * kSize.height / 4, nullptr, kSize.width,
                   kSize.width / 2, 0});
    }));
    if (!yuv.empty())
      piped.push_back(seconds_of([&] {
        if (std::system(peer.c_str()) != 0) std::abort();
      }));
  }
  const auto rate = [](const std::vector<double>& times) { return kFrames / median(times); };
  std::printf(
      "MP4, all of it       %6.1f frames/s   drawing alone %.1f   conversion alone %.1f   file %.2f MB\n",
      rate(movie), rate(drawing), rate(converting),
      static_cast<double>(fs::file_size(folder / "a.mp4")) / 1e6);
  std::printf("frames as PNG        %6.1f frames/s on all cores\n", rate(folders));
  if (!piped.empty())
    std::printf("ffmpeg, yuv420p pipe %6.1f frames/s   ratio %.2f (goal 13: >= 0.8)\n", rate(piped),
                rate(movie) / rate(piped));
  const std::string script = std::string(HEADSCOPE_SHARED_DIR) + "/peers/matplotlib_frames.py 64 3";
  const std::string matplotlib = output_of("/usr/bin/python3 " + script + " 2>/dev/null");
  std::printf("%s", matplotlib.c_str());
  double ms = 0;
  if (const std::size_t at = matplotlib.find("artists reused");
      at != std::string::npos && std::sscanf(matplotlib.c_str() + at + 14, "%lf", &ms) == 1)
    std::printf(
        "matplotlib takes %.1f times as long as the MP4 (goal 13: >= 13), %.1f times as long as the frames "
        "as PNG "
        "on all cores (goal 14: >= 20)\n",
        rate(movie) * ms / 1e3, rate(folders) * ms / 1e3);
  fs::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace headscope

int main(int argc, char** argv) {
  return headscope::run(argc > 1 ? std::max(1, std::atoi(argv[1])) : 5);
}
