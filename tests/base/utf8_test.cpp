#include "base/utf8.h"

#include <gtest/gtest.h>

namespace headscope {
namespace {

TEST(Utf8, code_points_tile_the_text) {
  const std::string text = "a\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80";
  const auto points = code_points(text);
  ASSERT_EQ(points.size(), 4u);
  EXPECT_EQ(points[1].value, U'é');
  EXPECT_EQ(points[3].value, U'\U0001F600');
  EXPECT_EQ(points[3].begin + points[3].length, text.size());
}

TEST(Utf8, overlong_forms_surrogates_and_cut_sequences_are_ill_formed) {
  for (const char* bad :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE4\xB8", "\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
    EXPECT_TRUE(is_valid_utf8(to_valid_utf8(bad)));
  }
}

TEST(Utf8, valid_text_comes_back_unchanged) {
  const std::string text = "héllo 中 \xF0\x9F\x98\x80";
  EXPECT_EQ(to_valid_utf8(text), text);
}

TEST(Utf8, floor_never_cuts_a_code_point) {
  EXPECT_EQ(utf8_floor("a\xC3\xA9", 2), 1u);
  EXPECT_EQ(utf8_floor("a\xC3\xA9", 3), 3u);
}

}  // namespace
}  // namespace headscope
