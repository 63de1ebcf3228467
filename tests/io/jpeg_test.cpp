#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "io/bytes_of.h"
#include "io/exif.h"
#include "io/image.h"
#include "io/jpeg_bytes.h"
#include "io/temporary_folder.h"

namespace headscope {
namespace {

using testing::HasSubstr;

/// Smooth enough that a JPEG keeps it to within a few levels.
int smooth(int x, int y, int c) {
  return 40 + 3 * x + 2 * y + 20 * c;
}

int channel(const Image& image, int x, int y, int c) {
  return image.rgba[(static_cast<std::size_t>(y) * image.width + x) * 4 + c];
}

void expect_near(const Image& image, const std::function<int(int x, int y, int c)>& expected) {
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      for (int c = 0; c < 3; ++c) ASSERT_NEAR(channel(image, x, y, c), expected(x, y, c), 6) << x << "," << y;
      ASSERT_EQ(channel(image, x, y, 3), 255);
    }
  }
}

/// An Exif block with one entry: the orientation.
std::string exif(int orientation, bool big_endian) {
  const auto number = [&](unsigned value, int n) {
    std::string text;
    for (int i = 0; i < n; ++i) text += static_cast<char>(value >> (8 * (big_endian ? n - 1 - i : i)) & 0xFF);
    return text;
  };
  return std::string("Exif\0\0", 6) + (big_endian ? "MM" : "II") + number(42, 2) + number(8, 4) +
         number(1, 2) + number(0x0112, 2) + number(3, 2) + number(1, 4) +
         number(static_cast<unsigned>(orientation), 2) + number(0, 2) + number(0, 4);
}

TEST(Jpeg, pixels_come_back_as_near_as_the_format_keeps_them) {
  for (const bool progressive : {false, true}) {
    const auto read = decode_jpeg(bytes_of(jpeg_bytes({37, 21, 3, JCS_RGB, progressive}, smooth)), "a.jpg");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->width, 37);
    EXPECT_EQ(read->height, 21);
    expect_near(*read, smooth);
  }
}

TEST(Jpeg, grey_becomes_three_equal_channels) {
  const auto read = decode_jpeg(bytes_of(jpeg_bytes({16, 9, 1, JCS_GRAYSCALE}, smooth)), "a.jpg");
  ASSERT_TRUE(read.ok()) << read.error().message;
  expect_near(*read, [](int x, int y, int) { return smooth(x, y, 0); });
}

TEST(Jpeg, inks_as_adobe_writes_them_become_light) {
  // libjpeg writes Adobe's marker for CMYK, with which 255 means no ink.
  const auto inks = [](int x, int, int c) { return c == 3 ? 128 : c == 0 ? 10 * x : 255; };
  const auto read = decode_jpeg(bytes_of(jpeg_bytes({16, 16, 4, JCS_CMYK}, inks)), "a.jpg");
  ASSERT_TRUE(read.ok()) << read.error().message;
  expect_near(*read, [](int x, int, int c) { return c == 0 ? 10 * x * 128 / 255 : 128; });
}

TEST(Jpeg, a_picture_is_turned_as_the_camera_was_held) {
  // Where the stored corner (0, 0) and the stored pixel (1, 0) lie in the picture as it is looked at, by
  // TIFF 6.0.
  struct Case {
    int orientation, x0, y0, x1, y1;
  };
  const Image stored{3, 2, [] {
                       std::vector<std::uint8_t> rgba(24);
                       for (std::size_t i = 0; i < 6; ++i) rgba[i * 4] = static_cast<std::uint8_t>(i + 1);
                       return rgba;
                     }()};
  for (const Case& c : {Case{1, 0, 0, 1, 0}, Case{2, 2, 0, 1, 0}, Case{3, 2, 1, 1, 1}, Case{4, 0, 1, 1, 1},
                        Case{5, 0, 0, 0, 1}, Case{6, 1, 0, 1, 1}, Case{7, 1, 2, 1, 1}, Case{8, 0, 2, 0, 1}}) {
    const Image turned = upright(stored, c.orientation);
    EXPECT_EQ(turned.width, c.orientation < 5 ? 3 : 2);
    EXPECT_EQ(channel(turned, c.x0, c.y0, 0), 1) << c.orientation;
    EXPECT_EQ(channel(turned, c.x1, c.y1, 0), 2) << c.orientation;
  }
  for (const bool big_endian : {false, true}) {
    JpegSpec spec{24, 16, 3};
    spec.app1 = exif(6, big_endian);
    const auto read = decode_jpeg(bytes_of(jpeg_bytes(spec, smooth)), "a.jpg");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->width, 16);
    expect_near(*read, [](int x, int y, int c) { return smooth(y, 15 - x, c); });
  }
}

TEST(Jpeg, an_exif_block_that_breaks_its_rules_turns_nothing) {
  const std::string whole = exif(6, true);
  EXPECT_EQ(exif_orientation(bytes_of(whole)), 6);
  for (std::size_t n = 0; n < 26; ++n) EXPECT_EQ(exif_orientation(bytes_of(whole.substr(0, n))), 1) << n;
  EXPECT_EQ(exif_orientation(bytes_of(exif(9, true))), 1);
  std::string far = whole;
  far[10] = '\x7f';  // the directory lies beyond the end
  EXPECT_EQ(exif_orientation(bytes_of(far)), 1);
}

TEST(Jpeg, a_file_cut_anywhere_is_an_error_and_never_a_picture) {
  for (const bool progressive : {false, true}) {
    const std::string whole = jpeg_bytes({16, 16, 3, JCS_RGB, progressive}, smooth);
    for (std::size_t n = 0; n + 2 < whole.size(); ++n) {  // the last two bytes say no more than "end"
      const auto read = decode_jpeg(bytes_of(whole.substr(0, n)), "cut.jpg");
      ASSERT_FALSE(read.ok()) << n;
      ASSERT_EQ(read.error().code, ErrorCode::Corrupt);
    }
  }
}

TEST(Jpeg, a_huge_picture_in_a_small_file_is_refused_before_memory_is_taken) {
  std::string bytes = jpeg_bytes({16, 16, 3}, smooth);
  const std::size_t frame = bytes.find("\xFF\xC0");  // length, precision, then height and width
  ASSERT_NE(frame, std::string::npos);
  const auto set_size = [&](int height, int width) {
    bytes[frame + 5] = static_cast<char>(height >> 8), bytes[frame + 6] = static_cast<char>(height & 255);
    bytes[frame + 7] = static_cast<char>(width >> 8), bytes[frame + 8] = static_cast<char>(width & 255);
  };
  set_size(7000, 7000);
  EXPECT_THAT(decode_jpeg(bytes_of(bytes), "h.jpg").error().message,
              HasSubstr("the picture it claims cannot fit into so few bytes"));
  set_size(65000, 65000);
  EXPECT_EQ(decode_jpeg(bytes_of(bytes), "h.jpg").error().code, ErrorCode::Unsupported);
}

TEST(Jpeg, arithmetic_coding_is_refused_by_name) {
  JpegSpec spec{16, 16, 3};
  spec.arithmetic = true;
  EXPECT_THAT(decode_jpeg(bytes_of(jpeg_bytes(spec, smooth)), "a.jpg").error().message,
              HasSubstr("'a.jpg' is a JPEG with arithmetic coding"));
}

TEST(Picture, a_file_is_known_by_how_it_begins_and_not_by_its_name) {
  TemporaryFolder folder;
  const auto put = [&](const char* name, const std::string& bytes) {
    std::ofstream(folder / name, std::ios::binary) << bytes;
  };
  put("a.png", jpeg_bytes({8, 5, 3}, smooth));
  put("b.jpg", *encode_png({2, 1, {1, 2, 3, 255, 4, 5, 6, 255}}));
  put("c.png", "GIF89a");
  EXPECT_EQ(read_picture(folder / "a.png")->height, 5);
  EXPECT_EQ(read_picture(folder / "b.jpg")->rgba[4], 4);
  EXPECT_THAT(read_picture(folder / "c.png").error().message, HasSubstr("neither a PNG nor a JPEG"));
  EXPECT_EQ(read_picture(folder / "none.png").error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace headscope
