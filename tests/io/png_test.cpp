#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/image.h"
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

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
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
