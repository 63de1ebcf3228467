#include "core/mask.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace headscope {
namespace {

/// One line a query, '#' for what it sees.
std::string picture(const Mask& mask, int n_query, int n_key, int first_query = 0) {
  const BoolMatrix visible = mask.to_matrix(n_query, n_key, first_query);
  std::string text;
  for (int q = 0; q < n_query; ++q) {
    for (int k = 0; k < n_key; ++k) text += visible(q, k) ? '#' : '.';
    text += '\n';
  }
  return text;
}

TEST(Mask, none_shows_everything) {
  EXPECT_EQ(picture(Mask::none(), 2, 3), "###\n###\n");
}

TEST(Mask, causal_hides_the_future) {
  EXPECT_EQ(picture(Mask::causal(), 3, 3), "#..\n##.\n###\n");
  EXPECT_EQ(picture(Mask::causal(), 1, 4, 2), "###.\n");
}

TEST(Mask, padding_hides_keys_for_every_query) {
  EXPECT_EQ(picture(Mask::padding({false, true, true}), 2, 4), ".##.\n.##.\n");
}

TEST(Mask, a_causal_window_of_w_sees_itself_and_w_minus_one_before) {
  EXPECT_EQ(picture(Mask::causal() & Mask::sliding_window(2), 4, 4), "#...\n##..\n.##.\n..##\n");
}

TEST(Mask, prefix_block_and_dilated) {
  EXPECT_EQ(picture(Mask::causal() | Mask::prefix(2), 3, 3), "##.\n##.\n###\n");
  EXPECT_EQ(picture(Mask::block(2), 4, 4), "##..\n##..\n..##\n..##\n");
  EXPECT_EQ(picture(Mask::causal() & Mask::dilated(2), 4, 4), "#...\n.#..\n#.#.\n.#.#\n");
}

TEST(Mask, global_tokens_see_all_and_are_seen_by_all) {
  EXPECT_EQ(picture(Mask::sliding_window(1) | Mask::global_tokens({0}), 3, 3), "###\n##.\n#.#\n");
}

TEST(Mask, an_edited_matrix_hides_what_lies_outside_of_it) {
  BoolMatrix visible(2, 2);
  visible << true, false, true, true;
  EXPECT_EQ(picture(Mask::edited(visible), 3, 3), "#..\n##.\n...\n");
}

TEST(Mask, the_fast_path_sees_the_same_keys) {
  const Mask masks[] = {Mask::none(),
                        Mask::causal(),
                        Mask::causal() & Mask::sliding_window(3),
                        Mask::causal() & Mask::padding({true, false, true, true, false, true}),
                        Mask::dilated(3),
                        Mask::sliding_window(2) | Mask::global_tokens({4}),
                        Mask::padding({})};
  for (const Mask& mask : masks) {
    const VisibleKeys keys = visible_keys(mask, 5, 7, 1);
    ASSERT_EQ(keys.ranges.size(), 5u);
    for (int q = 0; q < 5; ++q) {
      const KeyRange range = keys.ranges[static_cast<std::size_t>(q)];
      for (int k = 0; k < 7; ++k) {
        const bool in_range = k >= range.first && k < range.last;
        const bool seen = in_range && (keys.holes.size() == 0 || keys.holes(q, k));
        EXPECT_EQ(seen, mask.visible(1 + q, k)) << q << "," << k;
      }
    }
  }
  EXPECT_EQ(visible_keys(Mask::causal(), 5, 7, 1).holes.size(), 0);
}

TEST(Mask, causal_ranges_equal_the_evaluated_mask) {
  for (int window : {0, 1, 3}) {
    Mask mask = Mask::causal();
    if (window) mask = mask & Mask::sliding_window(window);
    EXPECT_EQ(causal_ranges(2, 6, 8, window), visible_keys(mask, 6, 8, 2).ranges) << window;
  }
}

}  // namespace
}  // namespace headscope
