#include "compare_image.h"

#include <gtest/gtest.h>

namespace headscope {
namespace {

Image grey(int width, int height) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 4, 100)};
}

TEST(CompareImages, equal_pictures_do_not_differ) {
  const ImageDifference d = compare_images(grey(40, 30), grey(40, 30), {});
  EXPECT_TRUE(d.same_size);
  EXPECT_EQ(d.largest, 0);
  EXPECT_EQ(d.mean, 0);
}

TEST(CompareImages, one_changed_pixel_is_the_largest_and_is_named) {
  Image changed = grey(40, 30);
  changed.rgba[(12 * 40 + 7) * 4 + 1] = 160;
  const ImageDifference d = compare_images(changed, grey(40, 30), {});
  EXPECT_EQ(d.largest, 60);
  EXPECT_NEAR(d.mean, 60.0 / 4 / (40 * 30), 1e-9);
  EXPECT_NE(d.report.find("at 7, 12: #64A06464, expected #64646464"), std::string::npos) << d.report;
}

TEST(CompareImages, what_lies_in_text_counts_apart) {
  Image changed = grey(40, 30);
  changed.rgba[(12 * 40 + 7) * 4] = 255;
  const ImageDifference d = compare_images(changed, grey(40, 30), {{5, 10, 5, 5}});
  EXPECT_EQ(d.largest, 0);
  EXPECT_EQ(d.mean, 0);
  EXPECT_GT(d.text_mean, 0);
}

TEST(CompareImages, another_size_is_said) {
  const ImageDifference d = compare_images(grey(40, 30), grey(41, 30), {});
  EXPECT_FALSE(d.same_size);
  EXPECT_NE(d.report.find("40 x 30, expected 41 x 30"), std::string::npos);
}

}  // namespace
}  // namespace headscope
