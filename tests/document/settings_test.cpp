#include "document/settings.h"

#include <gtest/gtest.h>

namespace headscope {
namespace {

TEST(Settings, come_back_from_their_file) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "headscope_settings_test" / "new";
  EXPECT_EQ(load_settings(folder), Settings{});
  const Settings wanted{true, 1.5f, 0.25f, PlayMode::Layers, {true, false, true}};
  ASSERT_TRUE(save_settings(wanted, folder).ok());
  EXPECT_EQ(load_settings(folder), wanted);
  std::filesystem::remove_all(folder.parent_path());
}

TEST(Settings, what_is_broken_has_its_default) {
  for (const char* text :
       {"", "[]", "{", "null", "\xFF", "{\"ui_scale\": 1e9, \"speed\": \"fast\", \"panels\": 3}",
        "{\"play_mode\": 4, \"panels\": {\"heads\": \"no\"}}"}) {
    EXPECT_EQ(parse_settings(text), Settings{}) << text;
  }
  EXPECT_TRUE(parse_settings("{\"reduce_motion\": true, \"ui_scale\": -1}").reduce_motion);
}

}  // namespace
}  // namespace headscope
