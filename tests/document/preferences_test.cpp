#include "document/preferences.h"

#include <gtest/gtest.h>

namespace headscope {
namespace {

TEST(Preferences, come_back_from_their_file) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "headscope_preferences_test" / "new";
  EXPECT_EQ(load_preferences(folder), Preferences{});
  const Preferences wanted{true, 1.5f, 0.25f, PlayMode::Layers, {true, false, true}};
  ASSERT_TRUE(save_preferences(wanted, folder).ok());
  EXPECT_EQ(load_preferences(folder), wanted);
  std::filesystem::remove_all(folder.parent_path());
}

TEST(Preferences, what_is_broken_has_its_default) {
  for (const char* text :
       {"", "[]", "{", "null", "\xFF", "{\"ui_scale\": 1e9, \"speed\": \"fast\", \"panels\": 3}",
        "{\"play_mode\": 4, \"panels\": {\"heads\": \"no\"}}"}) {
    EXPECT_EQ(parse_preferences(text), Preferences{}) << text;
  }
  EXPECT_TRUE(parse_preferences("{\"reduce_motion\": true, \"ui_scale\": -1}").reduce_motion);
}

}  // namespace
}  // namespace headscope
