#include "ui/text_edit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace headscope {

namespace {

TextEdit edit_of(std::string_view text) {
  TextEdit edit;
  edit.insert(text);
  return edit;
}

TEST(TextEdit, typing_goes_to_the_caret_and_replaces_the_selection) {
  TextEdit edit = edit_of("the dog slept");
  edit.move_word_left(false);
  edit.insert("not ");
  EXPECT_EQ(edit.text(), "the dog not slept");
  edit.select_all();
  edit.insert("a");
  EXPECT_EQ(edit.text(), "a");
  EXPECT_FALSE(edit.has_selection());
}

TEST(TextEdit, the_caret_never_stands_inside_a_character) {
  // An accent by combining mark, a family joined of three, a flag of two.
  TextEdit edit = edit_of("e\u0301👨‍👩‍👧🇩🇪x");
  edit.move_to(0, false);
  std::vector<std::size_t> stops;
  while (edit.caret() < edit.text().size()) {
    edit.move_right(false);
    stops.push_back(edit.caret());
  }
  EXPECT_EQ(stops.size(), 4u);
  std::vector<std::size_t> back;
  while (edit.caret() > 0) {
    back.push_back(edit.caret());
    edit.move_left(false);
  }
  std::reverse(back.begin(), back.end());
  EXPECT_EQ(stops, back);
  edit.move_to(edit.text().size(), false);
  edit.backspace();
  edit.backspace();
  EXPECT_EQ(edit.text(), "e\u0301👨‍👩‍👧");
}

TEST(TextEdit, control_characters_are_left_out_and_broken_bytes_are_marked) {
  TextEdit edit = edit_of(std::string_view("a\0b\x01\r\nc\td\xFF", 10));
  EXPECT_EQ(edit.text(), "ab\nc d\uFFFD");
}

TEST(TextEdit, a_text_that_changed_elsewhere_puts_the_caret_behind_the_change) {
  TextEdit edit = edit_of("the street is wide");
  edit.adopt("the animal is wide");
  EXPECT_EQ(edit.caret(), 10u);
  edit.adopt("");
  EXPECT_EQ(edit.caret(), 0u);
  EXPECT_FALSE(edit.backspace());
  EXPECT_FALSE(edit.erase_forward());
}

TEST(TextEdit, words_are_erased_whole_with_the_space_before_them) {
  TextEdit edit = edit_of("too very  tired.");
  edit.erase_word_left();
  EXPECT_EQ(edit.text(), "too very  tired");
  edit.erase_word_left();
  EXPECT_EQ(edit.text(), "too very  ");
  edit.erase_word_left();
  EXPECT_EQ(edit.text(), "too ");
}

TEST(TextEdit, a_double_click_takes_the_word_under_it) {
  TextEdit edit = edit_of("the dog, too");
  edit.select_word(5);
  EXPECT_EQ(edit.selected(), "dog");
  edit.select_word(7);
  EXPECT_EQ(edit.selected(), ",");
  TextEdit empty;
  empty.select_word(0);
  EXPECT_FALSE(empty.has_selection());
}

TEST(TextEdit, an_extended_selection_keeps_its_anchor) {
  TextEdit edit = edit_of("abcdef");
  edit.move_to(2, false);
  edit.move_right(true);
  edit.move_right(true);
  EXPECT_EQ(edit.selected(), "cd");
  edit.move_left(false);
  EXPECT_EQ(edit.caret(), 2u);
}

}  // namespace

}  // namespace headscope
