#include "ui/file_dialog.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headscope {
namespace {

UiFiles some_files() {
  using Kind = UiFileEntry::Kind;
  UiFiles files;
  files.folder = "/talks";
  files.parent = "/";
  files.entries = {{Kind::Folder, "Older", "/talks/Older", "folder"},
                   {Kind::Document, "one.headscope", "/talks/one.headscope", "document"},
                   {Kind::Document, "two.headscope", "/talks/two.headscope", "document"}};
  return files;
}

/// A dialog that is open, with the keys that went into it.
struct Dialog {
  UiState state;
  UiFiles files = some_files();
  UiOutput out;

  Dialog() { state.files.open = true; }
  void press(const std::string& chord) {
    std::vector<UiKey> keys{{chord, false}};
    std::vector<char32_t> typed;
    handle_file_key(state, files, keys, typed, out);
  }
  void type(std::u32string_view text) {
    for (const char32_t c : text) {
      std::vector<UiKey> keys;
      std::vector<char32_t> typed{c};
      handle_file_key(state, files, keys, typed, out);
    }
  }
  std::string opened() const {
    if (out.commands.size() != 1) return std::to_string(out.commands.size()) + " commands";
    const auto* control = std::get_if<Control>(&out.commands[0]);
    const auto* open = control ? std::get_if<Open>(control) : nullptr;
    return open ? open->path : "another command";
  }
};

TEST(FileDialog, a_part_of_a_name_and_enter_open_the_file) {
  Dialog d;
  d.type(U"TWO");
  d.press("Enter");
  EXPECT_EQ(d.opened(), "/talks/two.headscope");
  EXPECT_FALSE(d.state.files.open);
}

TEST(FileDialog, the_arrows_choose_and_enter_goes_into_a_folder) {
  Dialog d;
  d.press("Down");
  d.press("Up");
  d.press("Enter");
  EXPECT_EQ(d.state.files.wanted, "/talks/Older");
  EXPECT_TRUE(d.state.files.open);
  EXPECT_TRUE(d.out.commands.empty());
  d.state.files.wanted.reset();
  d.press("Down");
  d.press("Down");
  d.press("Enter");
  EXPECT_EQ(d.opened(), "/talks/two.headscope");
}

TEST(FileDialog, backspace_takes_a_letter_and_then_goes_up) {
  Dialog d;
  d.type(U"tw");
  d.press("Backspace");
  EXPECT_EQ(d.state.files.filter.edit.text(), "t");
  EXPECT_FALSE(d.state.files.wanted);
  d.press("Backspace");
  d.press("Backspace");
  EXPECT_EQ(d.state.files.wanted, "/");
  d.state.files.wanted.reset();
  d.files.parent.clear();
  d.press("Backspace");
  EXPECT_FALSE(d.state.files.wanted) << "nothing is above the top";
}

TEST(FileDialog, the_enter_of_an_earlier_time_opens_nothing) {
  Dialog d;
  d.type(U"one");
  d.press("Enter");
  d.out = {};
  d.state.files.open = true;
  show_folder(d.state.files, "");
  for (const char* key : {"Down", "Up", "PageDown", "PageUp", "Backspace"}) d.press(key);
  EXPECT_TRUE(d.out.commands.empty());
  EXPECT_TRUE(d.state.files.open);
}

TEST(FileDialog, a_path_is_for_the_program_to_look_at) {
  Dialog d;
  d.type(U"~/talks");
  d.press("Enter");
  EXPECT_EQ(d.state.files.wanted, "~/talks");
  EXPECT_TRUE(d.state.files.open_path);
  EXPECT_TRUE(d.out.commands.empty());
}

TEST(FileDialog, what_no_name_has_in_it_opens_nothing) {
  Dialog d;
  d.type(U"nowhere");
  d.press("Enter");
  EXPECT_TRUE(d.out.commands.empty());
  EXPECT_TRUE(d.state.files.open);
  d.press("Escape");
  EXPECT_FALSE(d.state.files.open);
}

TEST(FileDialog, files_opened_before_come_first) {
  UiFiles files = some_files();
  files.recent = {{UiFileEntry::Kind::Document, "one.headscope", "/elsewhere/one.headscope", "document"}};
  const std::vector<const UiFileEntry*> found = matching_files(files, "one");
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0]->path, "/elsewhere/one.headscope");
  EXPECT_EQ(found[1]->path, "/talks/one.headscope");
  EXPECT_EQ(matching_files(files, "").size(), 4u);
}

}  // namespace
}  // namespace headscope
