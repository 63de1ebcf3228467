#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <tuple>

#include "base/paths.h"
#include "compare_image.h"
#include "export/animation.h"
#include "models/model.h"
#include "render/make_renderer.h"
#include "scene/morph.h"

// Every view in dark and light, as files in this folder. Software OpenGL of another Mesa version may round a
// coverage differently (single pixels, a few steps); a connection that is missing, or a pill that moved, is
// far above the bounds.

namespace headscope {
namespace {

constexpr int kLargest = 40;      ///< of 255, any pixel outside of text
constexpr double kMean = 0.05;    ///< outside of text
constexpr double kTextMean = 12;  ///< another version of a font

/// One library for layouts and renderer: glyph numbers are its own.
FontLibrary& golden_fonts() {
  static FontLibrary fonts;
  return fonts;
}

TracePtr golden_trace() {
  static const TracePtr trace = [] {
    const Result<ModelPtr> model = load_model(std::string(HEADSCOPE_SHARED_DIR) + "/models/stories260K");
    if (!model) {
      ADD_FAILURE() << model.error().message;
      std::exit(1);
    }
    Result<TracePtr> made = (*model)->trace("One day, Lily saw a big red ball.", {});
    if (!made) {
      ADD_FAILURE() << made.error().message;
      std::exit(1);
    }
    return *made;
  }();
  return trace;
}

Document golden_document(ViewKind kind, Theme theme) {
  Document document;
  document.model = "stories260K";
  document.text = golden_trace()->text;
  document.selection.heads = {{1, 2}, {2, 5}};
  document.selection.query = golden_trace()->n_tokens() - 3;
  document.view.kind = kind;
  document.view.theme = theme;
  return document;
}

/// Where text lies in a picture of scale 1, with a margin for wider outlines.
std::vector<Rect> text_areas(const Layout& layout) {
  std::vector<Rect> areas;
  for (std::size_t i = 0; i < layout.labels.size(); ++i) {
    const LabelState& label = layout.labels[i].state;
    const GlyphRun& run = *layout.label_runs[i];
    areas.push_back({label.origin.x - 4, label.origin.y - run.ascent * label.size - 2,
                     run.width * label.size + 8, (run.ascent + run.descent) * label.size + 4});
  }
  return areas;
}

/// Ribbons drawn by ourselves: the same on every machine. That a driver's look alike is tests/render's.
RendererOptions golden_options() {
  RendererOptions options;
  options.ribbons = RibbonDrawing::Own;
  return options;
}

void expect_golden(const std::string& name, const Animation& animation, double time_secs) {
  static const Result<std::unique_ptr<Renderer>> renderer =
      make_offscreen_renderer(golden_fonts(), shaders_dir(), golden_options());
  ASSERT_TRUE(renderer.ok()) << renderer.error().message;
  const Scene scene = animation.scene_at(time_secs);
  const Result<Image> actual = (*renderer)->render_to_image(scene, animation.options().size);
  ASSERT_TRUE(actual.ok()) << actual.error().message;

  const std::filesystem::path golden = std::filesystem::path(GOLDEN_DIR) / (name + ".png");
  if (std::getenv("HEADSCOPE_UPDATE_GOLDEN")) {
    ASSERT_TRUE(write_png(golden, *actual).ok());
    return;
  }
  const Result<DecodedImage> expected = read_png(golden);
  ASSERT_TRUE(expected.ok()) << expected.error().message;
  const ImageDifference difference =
      compare_images(*actual, expected->image, text_areas(evaluate(*scene.morph, scene.mix)));
  const bool close = difference.same_size && difference.largest <= kLargest && difference.mean <= kMean &&
                     difference.text_mean <= kTextMean;
  if (close) return;
  std::error_code ignored;
  std::filesystem::create_directories(GOLDEN_OUT_DIR, ignored);
  const std::filesystem::path out = std::filesystem::path(GOLDEN_OUT_DIR) / (name + ".png");
  (void)write_png(out, *actual);
  ADD_FAILURE()
      << name << ": " << difference.report << "drawn: " << out
      << "\nWhen the new picture is right, look at it and run this test with HEADSCOPE_UPDATE_GOLDEN=1";
}

Animation golden_animation(std::span<const Moment> moments) {
  PictureOptions options;
  options.size = {640, 400};
  options.scale = 1;
  Result<Animation> made = Animation::make(
      moments, [](const Document&) { return Result<TracePtr>(golden_trace()); }, golden_fonts(), options);
  EXPECT_TRUE(made.ok());
  return std::move(*made);
}

using Case = std::tuple<ViewKind, const char*, Theme>;
class Views : public testing::TestWithParam<Case> {};

TEST_P(Views, look_as_they_did) {
  const auto& [kind, name, theme] = GetParam();
  const Moment moment{golden_document(kind, theme), 0, 1};
  expect_golden(std::string(name) + (theme == Theme::Dark ? "-dark" : "-light"),
                golden_animation(std::span(&moment, 1)), 0);
}

INSTANTIATE_TEST_SUITE_P(Golden, Views,
                         testing::Values(Case{ViewKind::Columns, "columns", Theme::Dark},
                                         Case{ViewKind::Columns, "columns", Theme::Light},
                                         Case{ViewKind::Arcs, "arcs", Theme::Dark},
                                         Case{ViewKind::Arcs, "arcs", Theme::Light},
                                         Case{ViewKind::Horizontal, "horizontal", Theme::Dark},
                                         Case{ViewKind::Horizontal, "horizontal", Theme::Light},
                                         Case{ViewKind::Matrix, "matrix", Theme::Dark},
                                         Case{ViewKind::Matrix, "matrix", Theme::Light}),
                         [](const testing::TestParamInfo<Case>& view) {
                           return std::string(std::get<1>(view.param)) +
                                  (std::get<2>(view.param) == Theme::Dark ? "_dark" : "_light");
                         });

TEST(GoldenMorph, ribbons_on_the_way_to_their_cells) {
  const Moment moments[] = {{golden_document(ViewKind::Columns, Theme::Dark), 0, 1},
                            {golden_document(ViewKind::Matrix, Theme::Dark), 1, 1}};
  expect_golden("columns-to-matrix", golden_animation(moments), 1.3);
}

}  // namespace
}  // namespace headscope
