#include "export/animation.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "document/document_json.h"
#include "export/render_document.h"
#include "models/model.h"
#include "render/null_renderer.h"
#include "scene/test_fonts.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

TracePtr sentence_trace() {
  static const TracePtr trace = [] {
    const Result<ModelPtr> model = load_model(std::string(HEADSCOPE_SHARED_DIR) + "/models/stories260K");
    EXPECT_TRUE(model.ok()) << model.error().message;
    Result<TracePtr> made = (*model)->trace("Lily saw a ball.", {});
    EXPECT_TRUE(made.ok());
    return *made;
  }();
  return trace;
}

Document sentence() {
  Document document;
  document.text = sentence_trace()->text;
  document.selection.heads = {{1, 1}};
  return document;
}

Animation reading(const PictureOptions& options = {}) {
  const std::vector<Moment> moments = reading_moments(sentence(), sentence_trace()->n_tokens());
  Result<Animation> made = Animation::make(
      moments, [](const Document&) { return Result<TracePtr>(sentence_trace()); }, fonts(), options);
  EXPECT_TRUE(made.ok());
  return std::move(*made);
}

/// A folder that goes with the test.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("headscope-export-" + std::to_string(getpid()));
  Folder() { fs::remove_all(path); }
  ~Folder() { fs::remove_all(path); }
};

TEST(Animations, reading_visits_every_token_in_order) {
  const std::vector<Moment> moments = reading_moments(sentence(), 5);
  ASSERT_EQ(moments.size(), 5u);
  for (int query = 0; query < 5; ++query) {
    EXPECT_EQ(moments[static_cast<std::size_t>(query)].document.selection.query, query);
  }
  EXPECT_EQ(moments[0].transition_secs, 0);
  EXPECT_EQ(reading_moments(sentence(), 0).size(), 1u);
}

TEST(Animations, a_transition_starts_at_the_old_picture_and_ends_at_the_new_one) {
  const Animation animation = reading();
  const double first_hold = 0.4, transition = 0.8;  // of reading_moments
  const Scene still = animation.scene_at(0.2), begin = animation.scene_at(first_hold + 1e-9);
  const Scene end = animation.scene_at(first_hold + transition);
  EXPECT_EQ(begin.morph->from, still.morph->to);
  EXPECT_NEAR(begin.mix, 0, 1e-6);
  EXPECT_EQ(end.morph, begin.morph);
  EXPECT_EQ(end.mix, 1);
  float last = 0;
  for (int step = 0; step <= 20; ++step) {
    const float mix = animation.scene_at(first_hold + 1e-9 + transition * step / 20).mix;
    EXPECT_GE(mix, last);
    last = mix;
  }
}

TEST(Animations, times_outside_show_the_first_and_the_last_picture) {
  const Animation animation = reading();
  EXPECT_EQ(animation.scene_at(-5).morph, animation.scene_at(0).morph);
  const Scene last = animation.scene_at(animation.duration_secs() + 100);
  EXPECT_EQ(last.morph, animation.scene_at(animation.duration_secs()).morph);
  EXPECT_EQ(last.mix, 1);
}

TEST(Animations, large_pictures_are_the_same_stage_drawn_larger) {
  PictureOptions options;
  options.size = {2560, 1440};
  const Scene scene = reading(options).scene_at(0);
  EXPECT_EQ(scene.pixel_scale, 2);
  EXPECT_EQ(scene.morph->to->bounds, (Rect{0, 0, 1280, 720}));
  EXPECT_EQ(automatic_scale({640, 400}), 1);
}

TEST(Animations, a_failing_trace_fails_the_animation) {
  const Moment moment{sentence(), 0, 1};
  const Result<Animation> made =
      Animation::make(std::span(&moment, 1),
                      [](const Document&) {
                        return Result<TracePtr>(Error{ErrorCode::NotFound, "no", "hint"});
                      },
                      fonts(), {});
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().code, ErrorCode::NotFound);
}

TEST(Stills, a_png_carries_its_document) {
  const Folder folder;
  fs::create_directories(folder.path);
  NullRenderer renderer;
  PictureOptions options;
  options.size = {16, 8};
  const Status done =
      render_png(folder.path / "a.png", sentence(), *sentence_trace(), renderer, fonts(), options);
  ASSERT_TRUE(done.ok()) << done.error().message;
  const Result<DecodedImage> read = read_png(folder.path / "a.png");
  ASSERT_TRUE(read.ok());
  std::string text;
  for (const auto& [key, value] : read->texts) {
    if (key == kDocumentKey) text = value;
  }
  const Result<Document> document = parse_document(text, "a.png");
  ASSERT_TRUE(document.ok()) << document.error().message;
  EXPECT_EQ(*document, sentence());
}

}  // namespace
}  // namespace headscope
