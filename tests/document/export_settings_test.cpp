#include "document/export_settings.h"

#include <gtest/gtest.h>

#include <array>

namespace headscope {
namespace {

constexpr std::array<ExportFormat, 8> kFormats = {ExportFormat::Png,    ExportFormat::Svg, ExportFormat::Pdf,
                                                  ExportFormat::Frames, ExportFormat::Mp4, ExportFormat::WebM,
                                                  ExportFormat::Gif,    ExportFormat::Apng};

TEST(ExportSettings, an_ending_names_the_kind_of_file_and_back) {
  for (const ExportFormat format : kFormats)
    EXPECT_EQ(export_format("talk" + std::string(ending_of(format))), format);
  EXPECT_EQ(export_format("TALK.MP4"), ExportFormat::Mp4);
  EXPECT_FALSE(export_format("talk.avi").has_value());
}

TEST(ExportSettings, another_kind_of_file_has_another_ending_and_the_same_name) {
  EXPECT_EQ(with_ending("a/talk.png", ExportFormat::Mp4), "a/talk.mp4");
  EXPECT_EQ(with_ending("a/talk.mp4", ExportFormat::Frames), "a/talk");
  EXPECT_EQ(with_ending("a/talk", ExportFormat::Svg), "a/talk.svg");
  EXPECT_EQ(with_ending("a/fig.2", ExportFormat::Pdf), "a/fig.2.pdf");
}

TEST(ExportSettings, a_preset_is_found_again_by_its_sizes) {
  for (const ExportPreset& preset : export_presets()) {
    ExportSettings settings;
    settings.out = "a.png";
    use_preset(settings, preset);
    EXPECT_EQ(preset_of(settings), &preset) << preset.name;
    EXPECT_TRUE(check_settings(settings).ok()) << preset.name;
    settings.width += 2;
    EXPECT_EQ(preset_of(settings), nullptr);
  }
}

TEST(ExportSettings, what_cannot_be_asked_for_is_refused_in_a_sentence) {
  const auto refused = [](auto change) {
    ExportSettings settings;
    settings.format = ExportFormat::Mp4;
    settings.out = "talk.mp4";
    EXPECT_TRUE(check_settings(settings).ok());
    change(settings);
    const Status status = check_settings(settings);
    if (status) return false;
    EXPECT_FALSE(status.error().message.empty());
    return status.error().code == ErrorCode::InvalidArgument;
  };
  EXPECT_TRUE(refused([](ExportSettings& s) { s.width = 63; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.height = 16385; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.out = ""; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.out = "talk.png"; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.out = "talk.avi"; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.fps = 0; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.fps = 241; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.begin_secs = 3, s.end_secs = 3; }));
  EXPECT_TRUE(refused([](ExportSettings& s) { s.begin_secs = -1; }));
}

}  // namespace
}  // namespace headscope
