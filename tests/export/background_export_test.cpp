#include "export/background_export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "io/temporary_folder.h"
#include "render/null_renderer.h"
#include "scene/fake_trace.h"
#include "scene/test_fonts.h"

namespace headscope {
namespace {

namespace fs = std::filesystem;

/// Lets the thread draw so many pictures, then holds it until more are allowed.
struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  int allowed = 1 << 20, drawn = 0;

  void pass() {
    std::unique_lock lock(mutex);
    ++drawn;
    changed.notify_all();
    changed.wait(lock, [this] { return drawn <= allowed; });
  }
  void allow(int n) {
    const std::lock_guard lock(mutex);
    allowed = n;
    changed.notify_all();
  }
  void wait_for(int n) {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, std::chrono::seconds(60), [&] { return drawn >= n; }));
  }
  int count() {
    const std::lock_guard lock(mutex);
    return drawn;
  }
};

class GatedRenderer : public NullRenderer {
 public:
  explicit GatedRenderer(Gate& gate) : gate_(gate) {}
  Result<Image> render_to_image(const Scene& scene, FrameSize size) override {
    gate_.pass();
    Result<Image> image = NullRenderer::render_to_image(scene, size);
    std::fill(image->rgba.begin(), image->rgba.end(), std::uint8_t{255});
    return image;
  }

 private:
  Gate& gate_;
};

BackgroundExport::Options options(Gate& gate) {
  return {&fonts(), [&gate]() -> Result<std::unique_ptr<Renderer>> {
            return std::unique_ptr<Renderer>(new GatedRenderer(gate));
          }};
}

/// A story of two pictures: it moves for a second and stands for one.
ExportOrder order(ExportFormat format, const fs::path& out) {
  ExportSettings settings;
  settings.format = format;
  settings.out = out.string();
  settings.width = settings.height = 64;
  settings.fps = 20;
  return {settings, [](std::stop_token) -> Result<ExportSubject> {
            const auto trace =
                std::make_shared<const AttentionTrace>(testing::random_trace({"the", " dog", " sat"}, 1, 2));
            ExportSubject subject;
            subject.moments = {{subject.document, 0, 0}, {subject.document, 1, 1}};
            subject.moments[1].document.selection.query = 1;
            subject.trace_of = [trace](const Document&) { return Result<TracePtr>(trace); };
            return subject;
          }};
}

TEST(BackgroundExport, a_picture_is_written_beside_the_caller) {
  const TemporaryFolder folder;
  Gate gate;
  BackgroundExport exports(options(gate));
  EXPECT_EQ(exports.state().phase, ExportPhase::Idle);
  gate.allow(0);
  ASSERT_TRUE(exports.start(order(ExportFormat::Png, folder / "a.png")).ok());
  EXPECT_TRUE(exports.state().running());
  gate.wait_for(1);  // it draws, and nobody waits for it
  exports.poll();
  EXPECT_EQ(exports.state().phase, ExportPhase::Writing);
  EXPECT_FALSE(fs::exists(folder / "a.png"));
  const Status second = exports.start(order(ExportFormat::Png, folder / "b.png"));
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::Unavailable);
  gate.allow(10);
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Done);
  EXPECT_EQ(exports.state().bytes, static_cast<double>(fs::file_size(folder / "a.png")));
  EXPECT_FALSE(exports.state().error.has_value());
}

TEST(BackgroundExport, counts_the_frames_that_are_done) {
  const TemporaryFolder folder;
  Gate gate;
  BackgroundExport exports(options(gate));
  ASSERT_TRUE(exports.start(order(ExportFormat::Frames, folder / "f")).ok());
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Done);
  EXPECT_EQ(exports.state().n_frames, 40);
  EXPECT_EQ(exports.state().n_done, 40);
  EXPECT_LT(gate.count(), 30);  // what stands is drawn once
}

TEST(BackgroundExport, stopped_frames_are_kept_and_the_same_export_goes_on) {
  const TemporaryFolder folder;
  Gate gate;
  BackgroundExport exports(options(gate));
  gate.allow(8);
  ASSERT_TRUE(exports.start(order(ExportFormat::Frames, folder / "f")).ok());
  gate.wait_for(9);
  exports.stop();
  gate.allow(1 << 20);
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Stopped);
  int there = 0;
  for (const auto& file : fs::directory_iterator(folder / "f")) {
    EXPECT_FALSE(file.path().filename().string().starts_with('.')) << file.path();
    there += file.path().extension() == ".png" ? 1 : 0;
  }
  EXPECT_GE(there, 8);
  EXPECT_LE(there, 10);
  const int before = gate.count();
  ASSERT_TRUE(exports.start(order(ExportFormat::Frames, folder / "f")).ok());
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Done);
  EXPECT_EQ(exports.state().n_done, 40);
  EXPECT_LE(gate.count() - before, 22 - there);
}

TEST(BackgroundExport, a_movie_that_is_stopped_leaves_nothing) {
  for (const bool destroyed : {false, true}) {
    const TemporaryFolder folder;
    Gate gate;
    auto exports = std::make_unique<BackgroundExport>(options(gate));
    gate.allow(5);
    ASSERT_TRUE(exports->start(order(ExportFormat::Apng, folder / "a.apng")).ok());
    gate.wait_for(6);
    exports->stop();
    gate.allow(1 << 20);
    if (!destroyed) {
      exports->wait();
      EXPECT_EQ(exports->state().phase, ExportPhase::Stopped);
    }
    exports.reset();
    EXPECT_EQ(folder.n_entries(), 0);
  }
}

TEST(BackgroundExport, a_fault_is_one_sentence_and_another_export_can_follow) {
  const TemporaryFolder folder;
  Gate gate;
  BackgroundExport exports(options(gate));
  gate.allow(3);
  fs::create_directories(folder / "gone");
  ASSERT_TRUE(exports.start(order(ExportFormat::Apng, folder / "gone" / "a.apng")).ok());
  gate.wait_for(4);
  fs::remove_all(folder / "gone");
  gate.allow(1 << 20);
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Failed);
  ASSERT_TRUE(exports.state().error.has_value());
  EXPECT_NE(exports.state().error->message.find("a.apng"), std::string::npos);

  ExportOrder broken = order(ExportFormat::Png, folder / "b.png");
  broken.subject = [](std::stop_token) -> Result<ExportSubject> {
    return Error{ErrorCode::NotFound, "the model is not there", ""};
  };
  ASSERT_TRUE(exports.start(std::move(broken)).ok());
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Failed);
  EXPECT_EQ(exports.state().error->message, "the model is not there");

  ASSERT_TRUE(exports.start(order(ExportFormat::Png, folder / "c.png")).ok());
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Done);
  EXPECT_FALSE(exports.state().error.has_value());
}

TEST(BackgroundExport, settings_that_make_no_sense_are_refused_at_once) {
  Gate gate;
  BackgroundExport exports(options(gate));
  EXPECT_FALSE(exports.start(order(ExportFormat::Png, "a.mp4")).ok());
  EXPECT_EQ(exports.state().phase, ExportPhase::Idle);
}

TEST(BackgroundExport, a_preview_is_small_and_then_measured) {
  Gate gate;
  BackgroundExport exports(options(gate));
  ExportOrder wanted = order(ExportFormat::Apng, "a.apng");
  wanted.settings.width = 1920;
  wanted.settings.height = 1080;
  const std::uint64_t number = exports.preview(std::move(wanted), {480, 480});
  exports.wait();
  ASSERT_NE(exports.shown(), nullptr);
  const ExportPreview& preview = *exports.shown();
  EXPECT_EQ(preview.number, number);
  EXPECT_EQ(preview.picture.width, 480);
  EXPECT_EQ(preview.picture.height, 270);
  EXPECT_EQ(preview.n_frames, 40);
  EXPECT_DOUBLE_EQ(preview.duration_secs, 2);
  ASSERT_TRUE(preview.estimate.has_value());
  EXPECT_GT(preview.estimate->bytes, 0);
  EXPECT_GT(preview.estimate->secs, 0);
  EXPECT_FALSE(fs::exists("a.apng"));
}

TEST(BackgroundExport, the_latest_preview_wins_and_an_export_comes_first) {
  const TemporaryFolder folder;
  Gate gate;
  BackgroundExport exports(options(gate));
  gate.allow(0);
  exports.preview(order(ExportFormat::Frames, "one"), {64, 64});
  gate.wait_for(1);
  exports.preview(order(ExportFormat::Frames, "two"), {64, 64});
  const std::uint64_t last = exports.preview(order(ExportFormat::Png, "three.png"), {64, 64});
  ASSERT_TRUE(exports.start(order(ExportFormat::Png, folder / "a.png")).ok());
  gate.allow(1 << 20);
  exports.wait();
  EXPECT_EQ(exports.state().phase, ExportPhase::Done);
  EXPECT_EQ(exports.shown()->number, last);
  // One picture of the preview that was given up, one of the export, and of the last one its picture and the
  // file that is measured.
  EXPECT_EQ(gate.count(), 4);
}

TEST(BackgroundExport, an_estimate_is_near_what_the_export_then_takes) {
  const TemporaryFolder folder;
  for (const ExportFormat format :
       {ExportFormat::Png, ExportFormat::Frames, ExportFormat::Apng, ExportFormat::Mp4}) {
    Gate gate;
    BackgroundExport exports(options(gate));
    const fs::path out = with_ending(folder / "sample", format);
    exports.preview(order(format, out), {64, 64});
    exports.wait();
    ASSERT_TRUE(exports.shown()->estimate.has_value()) << exports.shown()->error->message;
    ASSERT_TRUE(exports.start(order(format, out)).ok());
    exports.wait();
    ASSERT_EQ(exports.state().phase, ExportPhase::Done) << exports.state().error->message;
    // Of pictures of one colour the bytes are known to a few; their texts are in the first alone.
    EXPECT_NEAR(exports.shown()->estimate->bytes / exports.state().bytes, 1, 0.6) << ending_of(format);
  }
}

TEST(BackgroundExport, time_left_follows_the_rate_of_what_was_drawn) {
  EXPECT_DOUBLE_EQ(seconds_left(0, 10, 40, 5), 15);
  // Frames that were there before took no time.
  EXPECT_DOUBLE_EQ(seconds_left(20, 30, 40, 5), 5);
  EXPECT_LT(seconds_left(20, 20, 40, 5), 0);
  EXPECT_DOUBLE_EQ(seconds_left(0, 40, 40, 5), 0);
}

}  // namespace
}  // namespace headscope
