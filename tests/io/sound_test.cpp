#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sndfile.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "io/bytes_of.h"
#include "io/mapped_file.h"
#include "io/sound.h"
#include "io/temporary_folder.h"

namespace headscope {
namespace {

using testing::HasSubstr;

constexpr double kPi = 3.14159265358979323846;

float tone(int sample, int rate, double hertz = 440) {
  return static_cast<float>(0.5 * std::sin(2 * kPi * hertz * sample / rate));
}

/// A file as libsndfile writes it: 440 Hz in the first channel, nothing in the others.
std::string sound_bytes(const TemporaryFolder& folder, int format, int rate, int n_channels, int n) {
  const auto path = folder / "sound";
  SF_INFO info{};
  info.samplerate = rate;
  info.channels = n_channels;
  info.format = format;
  SNDFILE* file = sf_open(path.c_str(), SFM_WRITE, &info);
  EXPECT_NE(file, nullptr) << sf_strerror(nullptr);
  std::vector<float> samples(static_cast<std::size_t>(n * n_channels));
  for (int i = 0; i < n; ++i) samples[static_cast<std::size_t>(i * n_channels)] = tone(i, rate);
  EXPECT_EQ(sf_writef_float(file, samples.data(), n), n);
  sf_close(file);
  return *read_file(path);
}

TEST(Sound, every_kind_of_file_gives_its_samples) {
  struct Case {
    const char* name;
    int format, rate;
    double tolerance;
  };
  const TemporaryFolder folder;
  for (const Case& c : {Case{"pcm 16", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 4e-5},
                        Case{"pcm 8", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8000, 1e-2},
                        Case{"pcm 24", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 44100, 2e-7},
                        Case{"float", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 0},
                        Case{"extensible", SF_FORMAT_WAVEX | SF_FORMAT_PCM_16, 22050, 4e-5},
                        Case{"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 4e-5},
                        Case{"vorbis", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 0.05}}) {
    const auto sound = decode_sound(bytes_of(sound_bytes(folder, c.format, c.rate, 1, 6000)), "a", 60);
    ASSERT_TRUE(sound.ok()) << c.name << ": " << sound.error().message;
    EXPECT_EQ(sound->sample_rate, c.rate) << c.name;
    ASSERT_EQ(sound->samples.size(), 6000u) << c.name;
    EXPECT_TRUE(sound->whole);
    for (int i = 0; i < 6000; ++i) {
      ASSERT_NEAR(sound->samples[static_cast<std::size_t>(i)], tone(i, c.rate), c.tolerance)
          << c.name << " " << i;
    }
  }
}

TEST(Sound, channels_are_averaged) {
  const TemporaryFolder folder;
  const std::string bytes = sound_bytes(folder, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16000, 4, 500);
  const auto sound = decode_sound(bytes_of(bytes), "a", 60);
  ASSERT_TRUE(sound.ok());
  ASSERT_EQ(sound->samples.size(), 500u);
  for (int i = 0; i < 500; ++i)
    EXPECT_FLOAT_EQ(sound->samples[static_cast<std::size_t>(i)], tone(i, 16000) / 4);
}

TEST(Sound, reading_stops_where_it_was_asked_to_and_says_that_there_is_more) {
  const TemporaryFolder folder;
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    const std::string bytes = sound_bytes(folder, format, 16000, 1, 16000);
    const auto part = decode_sound(bytes_of(bytes), "a", 0.5);
    ASSERT_TRUE(part.ok()) << part.error().message;
    EXPECT_EQ(part->samples.size(), 8000u);
    EXPECT_FALSE(part->whole);
    EXPECT_TRUE(decode_sound(bytes_of(bytes), "a", 1.0)->whole);
  }
}

TEST(Sound, a_file_cut_anywhere_is_an_error_and_never_a_shorter_sound) {
  const TemporaryFolder folder;
  for (const int format : {SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_FLAC | SF_FORMAT_PCM_16}) {
    const std::string whole = sound_bytes(folder, format, 16000, 1, 300);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      ASSERT_FALSE(decode_sound(bytes_of(whole.substr(0, n)), "cut", 60).ok()) << format << " " << n;
    }
  }
}

TEST(Sound, a_wav_from_a_pipe_ends_where_the_file_ends) {
  const TemporaryFolder folder;
  std::string bytes = sound_bytes(folder, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 16000, 1, 300);
  for (const std::size_t at : {std::size_t{4}, bytes.find("data") + 4})
    bytes.replace(at, 4, "\xff\xff\xff\xff");
  const auto sound = decode_sound(bytes_of(bytes), "pipe.wav", 60);
  ASSERT_TRUE(sound.ok()) << sound.error().message;
  EXPECT_EQ(sound->samples.size(), 300u);
}

TEST(Sound, what_is_no_sound_is_refused_in_a_sentence) {
  const TemporaryFolder folder;
  EXPECT_THAT(decode_sound(bytes_of("ID3 and more"), "a.mp3", 60).error().message,
              HasSubstr("'a.mp3' is neither WAV nor FLAC nor OGG"));
  EXPECT_EQ(decode_sound({}, "empty", 60).error().code, ErrorCode::Unsupported);
  EXPECT_EQ(decode_sound(bytes_of("OggS nonsense"), "a.ogg", 60).error().code, ErrorCode::Corrupt);
  std::string bytes = sound_bytes(folder, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 16000, 1, 8);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(bytes.data() + bytes.find("data") + 8 + 12, &nan, sizeof nan);
  EXPECT_THAT(decode_sound(bytes_of(bytes), "nan.wav", 60).error().message, HasSubstr("not finite"));
  bytes = sound_bytes(folder, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 200, 1, 8);
  EXPECT_THAT(decode_sound(bytes_of(bytes), "slow.wav", 60).error().message,
              HasSubstr("200 samples a second"));
  EXPECT_EQ(read_sound(folder / "none.wav", 60).error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace headscope
