#include "export/frames.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>

#include "export/export_job.h"
#include "export/frame_folder.h"
#include "export/movie.h"
#include "io/temporary_folder.h"

namespace headscope {
namespace {

/// Frames that tell their number by their colour, and a count of how many were drawn.
struct Numbered {
  int drawn = 0;
  FrameSource source() {
    return [this](int number) -> Result<FramePtr> {
      ++drawn;
      Image image{4, 2, std::vector<std::uint8_t>(32, 255)};
      image.rgba[0] = static_cast<std::uint8_t>(number);
      return std::make_shared<const Image>(std::move(image));
    };
  }
};

FrameSet set_of(FrameSpan span, const std::string& identity = "one") {
  FrameSet set{identity, span, 10, {4, 2}, false, "{}", "", ""};
  return set;
}

/// Remembers what it was given; fails at one frame when asked to.
class ListWriter : public MovieWriter {
 public:
  struct Numbered : PreparedFrame {
    int number = 0;
  };
  Result<PreparedFramePtr> prepare(const Image& image) override {
    ++n_prepared;
    auto frame = std::make_shared<Numbered>();
    frame->number = image.rgba[0];
    return PreparedFramePtr(frame);
  }
  Status add(const PreparedFramePtr& frame) override {
    if (static_cast<int>(numbers.size()) == fails_at) return Error{ErrorCode::Io, "the disk is full", "hint"};
    numbers.push_back(static_cast<const Numbered&>(*frame).number);
    return {};
  }
  Status finish() override {
    finished = true;
    return {};
  }
  std::vector<int> numbers;
  int n_prepared = 0, fails_at = -1;
  bool finished = false;
};

TEST(FrameNumbers, are_those_of_the_whole_animation_in_every_range) {
  EXPECT_EQ(*frames_in({0, -1, 60}, 2), (FrameSpan{0, 120}));
  EXPECT_EQ(*frames_in({0.5, 1.0, 10}, 9), (FrameSpan{5, 10}));
  // The time of a frame, written with too few digits or too many, is that frame.
  EXPECT_EQ(*frames_in({416 / 60.0, 417 / 60.0, 60}, 9), (FrameSpan{416, 417}));
  EXPECT_EQ(*frames_in({6.933333333, 6.95, 60}, 9), (FrameSpan{416, 417}));
  EXPECT_EQ(frames_in({0, -1, 60}, 0)->size(), 1);
}

TEST(FrameNumbers, ranges_that_hold_no_frame_are_refused) {
  for (const FrameRange& range : {FrameRange{0, 1, 0}, FrameRange{-1, 1, 10}, FrameRange{5, 6, 10},
                                  FrameRange{1, 1, 10}, FrameRange{0, 1e9, 1000}}) {
    const Result<FrameSpan> span = frames_in(range, 2);
    ASSERT_FALSE(span.ok());
    EXPECT_EQ(span.error().code, ErrorCode::InvalidArgument);
  }
}

TEST(Shards, tile_the_frames_and_differ_by_one_at_most) {
  for (const int count : {1, 3, 8, 50}) {
    int next = 7;
    for (int index = 1; index <= count; ++index) {
      const FrameSpan part = shard_of({7, 38}, {index, count});
      EXPECT_EQ(part.begin, next);
      EXPECT_LE(std::abs(part.size() - 31 / count), 1);
      next = part.end;
    }
    EXPECT_EQ(next, 38);
  }
}

TEST(FrameFolder, a_second_call_draws_what_is_missing_alone) {
  const TemporaryFolder folder;
  Numbered frames;
  ASSERT_TRUE(write_frames(folder / "f", set_of({0, 6}), {}, frames.source(), {}, {}).ok());
  EXPECT_EQ(frames.drawn, 6);
  std::filesystem::remove(folder / "f/000003.png");
  std::filesystem::resize_file(folder / "f/000005.png", 40);
  int last = 0;
  ASSERT_TRUE(write_frames(folder / "f", set_of({0, 6}), {}, frames.source(), {}, [&](int done, int count) {
                EXPECT_GT(done, last);
                last = done;
                EXPECT_EQ(count, 6);
              }).ok());
  EXPECT_EQ(frames.drawn, 8);
  EXPECT_EQ(last, 6);
  EXPECT_TRUE(check_frames(folder / "f", set_of({0, 6})).ok());
}

TEST(FrameFolder, frames_of_another_export_are_drawn_again) {
  const TemporaryFolder folder;
  Numbered frames;
  ASSERT_TRUE(write_frames(folder.path(), set_of({0, 4}, "one"), {}, frames.source(), {}, {}).ok());
  const Status mixed = check_frames(folder.path(), set_of({0, 4}, "two"));
  ASSERT_FALSE(mixed.ok());
  EXPECT_NE(mixed.error().message.find("000001.png"), std::string::npos);
  ASSERT_TRUE(write_frames(folder.path(), set_of({0, 4}, "two"), {}, frames.source(), {}, {}).ok());
  EXPECT_EQ(frames.drawn, 8);
}

TEST(FrameFolder, says_what_it_holds_and_which_frame_is_missing) {
  const TemporaryFolder folder;
  Numbered frames;
  const FrameSet set = set_of({10, 16});
  ASSERT_TRUE(write_frames(folder.path(), set, {1, 2}, frames.source(), {}, {}).ok());
  const Result<FrameSet> read = read_frame_set(folder.path());
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read->span, set.span);
  EXPECT_EQ(read->identity, "one");
  EXPECT_EQ(read->size, set.size);
  EXPECT_EQ(read->document, "{}");
  const Status missing = check_frames(folder.path(), *read);
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("000014.png' is missing"), std::string::npos);
  EXPECT_EQ(read_frame_set(folder / "none").error().code, ErrorCode::NotFound);
  std::ofstream(folder / "frames.json") << "{\"headscope_frames\": 1, \"first\": 9, \"last\": 2}";
  EXPECT_EQ(read_frame_set(folder.path()).error().code, ErrorCode::Corrupt);
}

TEST(FrameFolder, stopped_it_says_how_far_it_came_and_leaves_whole_files) {
  const TemporaryFolder folder;
  Numbered frames;
  std::stop_source stop;
  const Status done =
      write_frames(folder.path(), set_of({0, 1000}), {}, frames.source(), stop.get_token(), [&](int n, int) {
        if (n == 5) stop.request_stop();
      });
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, ErrorCode::Cancelled);
  EXPECT_LT(frames.drawn, 100);
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    EXPECT_TRUE(entry.path().extension() != ".png" || read_png(entry.path()).ok()) << entry.path();
}

TEST(Pipeline, gives_every_frame_to_the_writer_in_order) {
  Numbered frames;
  ListWriter writer;
  ASSERT_TRUE(write_movie(frames.source(), {3, 60}, writer, {}, {}).ok());
  ASSERT_EQ(writer.numbers.size(), 57u);
  for (int i = 0; i < 57; ++i) EXPECT_EQ(writer.numbers[static_cast<std::size_t>(i)], i + 3);
  EXPECT_TRUE(writer.finished);
}

TEST(Pipeline, a_picture_that_stays_is_prepared_once) {
  const FramePtr same = std::make_shared<const Image>(Image{1, 1, {9, 0, 0, 255}});
  ListWriter writer;
  ASSERT_TRUE(write_movie([&](int) { return Result<FramePtr>(same); }, {0, 40}, writer, {}, {}).ok());
  EXPECT_EQ(writer.numbers, std::vector<int>(40, 9));
  EXPECT_EQ(writer.n_prepared, 1);
}

TEST(Pipeline, a_fault_of_the_writer_ends_it_and_is_told) {
  Numbered frames;
  ListWriter writer;
  writer.fails_at = 4;
  const Status done = write_movie(frames.source(), {0, 100000}, writer, {}, {});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "the disk is full");
  EXPECT_FALSE(writer.finished);
  EXPECT_LT(frames.drawn, 50) << "it must not draw on";
}

TEST(Pipeline, a_fault_of_the_drawing_ends_it_and_is_told) {
  ListWriter writer;
  const Status done = write_movie(
      [](int number) -> Result<FramePtr> {
        if (number == 7) return Error{ErrorCode::Unavailable, "no memory", "hint"};
        return std::make_shared<const Image>(Image{1, 1, {1, 0, 0, 255}});
      },
      {0, 20}, writer, {}, {});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().message, "no memory");
  EXPECT_FALSE(writer.finished);
}

TEST(Formats, are_known_by_the_ending_of_the_name) {
  EXPECT_EQ(export_format("a/b.MP4"), ExportFormat::Mp4);
  EXPECT_EQ(export_format("a.b/frames"), ExportFormat::Frames);
  EXPECT_EQ(export_format("x.svg"), ExportFormat::Svg);
  EXPECT_FALSE(export_format("x.avi").has_value());
}

}  // namespace
}  // namespace headscope
