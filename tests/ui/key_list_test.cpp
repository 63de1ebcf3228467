#include "ui/key_list.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headscope {
namespace {

TEST(KeyList, every_command_stands_in_one_section_and_no_section_is_empty) {
  std::multiset<std::string> listed, known;
  for (const KeySection& section : key_sections()) {
    EXPECT_FALSE(section.lines.empty()) << section.title;
    for (const KeyLine& line : section.lines)
      if (!line.usage.empty()) listed.insert(line.usage);
  }
  for (const CommandSpec& spec : command_specs()) known.insert(spec.usage());
  EXPECT_EQ(listed, known);
  EXPECT_EQ(key_sections().size(), 10u) << "a section whose first command was renamed is lost";
}

TEST(KeyList, what_has_a_key_comes_before_what_has_none) {
  for (const KeySection& section : key_sections())
    EXPECT_TRUE(std::is_partitioned(section.lines.begin(), section.lines.end(), [](const KeyLine& line) {
      return !line.keys.empty();
    })) << section.title;
}

TEST(KeyList, keys_are_shown_as_they_look_on_a_keyboard) {
  EXPECT_EQ(shown_keys("step-head"), (std::vector<std::string>{"↓", "↑"}));
  EXPECT_EQ(shown_keys("choose-head"), (std::vector<std::string>{"1 … 8"}));
  EXPECT_EQ(shown_keys("edit-step"), (std::vector<std::string>{"Ctrl+←", "Ctrl+→", "[", "]"}));
  EXPECT_TRUE(shown_keys("set-text").empty());
}

}  // namespace
}  // namespace headscope
