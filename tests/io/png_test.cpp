#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <png.h>

#include "io/bytes_of.h"
#include "io/image.h"
#include "io/png_summary.h"
#include "io/temporary_folder.h"

namespace headscope {
namespace {

Image gradient(int width, int height, bool opaque) {
  Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 4)};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      std::uint8_t* p = &image.rgba[(static_cast<std::size_t>(y) * width + x) * 4];
      p[0] = static_cast<std::uint8_t>(x), p[1] = static_cast<std::uint8_t>(y),
      p[2] = static_cast<std::uint8_t>(x * y);
      p[3] = opaque ? 255 : static_cast<std::uint8_t>(x + y);
    }
  }
  return image;
}

TEST(Png, pixels_and_texts_come_back_as_they_were) {
  TemporaryFolder folder;
  for (const bool opaque : {true, false}) {
    const Image image = gradient(37, 21, opaque);
    const ImageTexts texts = {{"Software", "headscope"}, {"Document", "{\"text\":\"žluťoučký 中\"}"}};
    const Status written = write_png(folder / "a.png", image, texts);
    ASSERT_TRUE(written.ok()) << written.error().message;
    const auto read = read_png(folder / "a.png");
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->image.width, 37);
    EXPECT_EQ(read->image.height, 21);
    EXPECT_EQ(read->image.rgba, image.rgba);
    EXPECT_EQ(read->texts, texts);
  }
}

/// A PNG of one row in the given layout, straight from libpng.
std::string png_row(int color_type, int depth, int width, const std::string& row,
                    const std::string& palette = "", const std::string& alpha = "") {
  std::string out;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &out,
      [](png_structp p, png_bytep data, std::size_t n) {
        static_cast<std::string*>(png_get_io_ptr(p))->append(reinterpret_cast<const char*>(data), n);
      },
      nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), 1, depth, color_type, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!palette.empty()) {
    png_set_PLTE(png, info, reinterpret_cast<png_const_colorp>(palette.data()),
                 static_cast<int>(palette.size() / 3));
    png_set_tRNS(png, info, reinterpret_cast<png_const_bytep>(alpha.data()), static_cast<int>(alpha.size()),
                 nullptr);
  }
  png_write_info(png, info);
  png_write_row(png, reinterpret_cast<png_const_bytep>(row.data()));
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return out;
}

TEST(Png, every_layout_comes_in_as_eight_bits_of_colour_and_alpha) {
  struct Case {
    const char* name;
    std::string bytes;
    std::vector<std::uint8_t> rgba;
  };
  const std::string palette("\x0a\x14\x1e\x28\x32\x3c", 6), half_clear("\x80", 1);
  for (const Case& c : {
           Case{"grey", png_row(PNG_COLOR_TYPE_GRAY, 8, 2, "\x07\xc8"), {7, 7, 7, 255, 200, 200, 200, 255}},
           Case{"one bit", png_row(PNG_COLOR_TYPE_GRAY, 1, 2, "\x40"), {0, 0, 0, 255, 255, 255, 255, 255}},
           Case{"grey and alpha", png_row(PNG_COLOR_TYPE_GRAY_ALPHA, 8, 1, "\x07\x09"), {7, 7, 7, 9}},
           // 0x0181 is 1.498 of 255 in eight bits and 0x0182 is 1.502: rounded, not cut.
           Case{"16 bits",
                png_row(PNG_COLOR_TYPE_RGB, 16, 1, std::string("\x01\x81\x01\x82\xff\xff", 6)),
                {1, 2, 255, 255}},
           Case{"palette",
                png_row(PNG_COLOR_TYPE_PALETTE, 4, 2, "\x01", palette, half_clear),
                {10, 20, 30, 128, 40, 50, 60, 255}},
       }) {
    const auto read = decode_png(bytes_of(c.bytes), c.name);
    ASSERT_TRUE(read.ok()) << c.name << ": " << read.error().message;
    EXPECT_EQ(read->image.rgba, c.rgba) << c.name;
  }
}

TEST(Png, every_kind_of_pixels_comes_back) {
  // Noise, runs of all lengths, stripes and flat areas, in sizes around the edges of words, matches and
  // blocks.
  std::uint32_t state = 1;
  const auto random = [&] { return state = state * 1664525u + 1013904223u, state >> 8; };
  for (const int width : {1, 2, 3, 7, 64, 257, 1000}) {
    for (const int kind : {0, 1, 2, 3}) {
      Image image{width, 70, {}};
      std::uint8_t value = 0;
      unsigned left = 0;
      for (int i = 0; i < width * 70; ++i) {
        if (left-- == 0) {
          value = static_cast<std::uint8_t>(random());
          left = kind == 0 ? 0 : kind == 1 ? random() % 300 : kind == 2 ? 86 : 100000;
        }
        const auto part = [&] { return kind == 0 ? static_cast<std::uint8_t>(random()) : value; };
        image.rgba.insert(image.rgba.end(), {part(), part(), part(), kind == 0 ? part() : std::uint8_t{255}});
      }
      const auto bytes = encode_png(image);
      ASSERT_TRUE(bytes.ok());
      const auto read = decode_png(bytes_of(*bytes), "a.png");
      ASSERT_TRUE(read.ok()) << width << " " << kind << ": " << read.error().message;
      ASSERT_EQ(read->image.rgba, image.rgba) << width << " " << kind;
    }
  }
}

TEST(Png, a_summary_has_size_and_texts_and_notices_every_changed_byte) {
  const ImageTexts texts = {{"Headscope frame", "0123"}};
  std::string bytes = *encode_png(gradient(16, 9, true), texts);
  const auto summary = summarize_png(bytes_of(bytes), "a.png");
  ASSERT_TRUE(summary.ok()) << summary.error().message;
  EXPECT_EQ(summary->width, 16);
  EXPECT_EQ(summary->height, 9);
  EXPECT_EQ(summary->texts, texts);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
    EXPECT_FALSE(summarize_png(bytes_of(bytes), "a.png").ok()) << i;
    EXPECT_FALSE(summarize_png(bytes_of(bytes).first(i), "a.png").ok()) << i;
    bytes[i] = static_cast<char>(bytes[i] ^ 4);
  }
}

TEST(Png, equal_images_give_equal_bytes) {
  EXPECT_EQ(*encode_png(gradient(64, 64, true)), *encode_png(gradient(64, 64, true)));
}

TEST(Png, a_file_cut_anywhere_is_an_error_and_never_a_picture) {
  const std::string whole = *encode_png(gradient(16, 16, false));
  for (std::size_t n = 0; n + 12 < whole.size(); ++n) {  // the last chunk, IEND, is 12 bytes
    const std::string cut = whole.substr(0, n);
    const auto read = decode_png(bytes_of(cut), "cut.png");
    ASSERT_FALSE(read.ok()) << n;
    ASSERT_EQ(read.error().code, ErrorCode::Corrupt);
  }
}

TEST(Png, a_huge_picture_in_a_small_file_is_refused_before_memory_is_taken) {
  std::string bytes = *encode_png(gradient(4, 4, true));
  // IHDR: width and height lie at bytes 16 and 20; the CRC no longer fits, so mend it with the published
  // value.
  const auto set = [&](std::size_t at, std::uint32_t value) {
    for (int i = 0; i < 4; ++i)
      bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (24 - 8 * i));
  };
  const auto crc = [&](std::size_t begin, std::size_t end) {
    std::uint32_t c = ~0u;
    for (std::size_t i = begin; i < end; ++i) {
      c ^= static_cast<unsigned char>(bytes[i]);
      for (int k = 0; k < 8; ++k) c = (c >> 1) ^ (c & 1 ? 0xEDB88320u : 0u);
    }
    return ~c;
  };
  set(16, 7000), set(20, 7000), set(29, crc(12, 29));
  EXPECT_THAT(decode_png(bytes_of(bytes), "h.png").error().message,
              testing::HasSubstr("the picture it claims cannot fit into so few bytes"));
  set(16, 70000), set(20, 70000), set(29, crc(12, 29));
  EXPECT_EQ(decode_png(bytes_of(bytes), "h.png").error().code, ErrorCode::Unsupported);
}

TEST(Png, a_chunk_that_claims_more_than_the_file_holds_is_refused_before_memory_is_taken) {
  std::string bytes = *encode_png(gradient(4, 4, true));
  bytes[33] = '\x7f';  // the length of the chunk behind IHDR
  EXPECT_THAT(decode_png(bytes_of(bytes), "c.png").error().message,
              testing::HasSubstr("the chunk at byte 33 reaches beyond the end of the file"));
}

TEST(Png, what_is_no_png_says_so) {
  const std::string text = "GIF89a and more";
  EXPECT_THAT(decode_png(bytes_of(text), "x.gif").error().message, testing::HasSubstr("PNG signature"));
}

TEST(Png, a_key_that_png_does_not_allow_is_refused) {
  for (const std::string& key : {std::string(), std::string(80, 'k'), std::string("ž"), std::string(" a")}) {
    EXPECT_EQ(encode_png(gradient(2, 2, true), {{key, "x"}}).error().code, ErrorCode::InvalidArgument) << key;
  }
}

}  // namespace
}  // namespace headscope
